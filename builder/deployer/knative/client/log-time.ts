const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/**
 * The time of a log's line, in UTC and with nine digits of a second, so that such times are in order as texts are: container
 * runtimes leave zeros at the end out, and some stamp in the node's own time. `undefined` for what is no time.
 */
export function logTime(stamp: string): string | undefined {
  const [, whole, fraction = "", zone] = STAMP.exec(stamp) ?? [];
  if (whole === undefined) return undefined;
  const ms = Date.parse(`${whole}${zone}`);
  return Number.isNaN(ms) ? undefined : `${new Date(ms).toISOString().slice(0, 19)}.${fraction.padEnd(9, "0")}Z`;
}
