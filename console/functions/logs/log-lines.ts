import type { DeployedLine } from "../../../mesh/deployment.ts";
import { type LogLine, readLine } from "./log-line.ts";

/** As many lines as are held; the oldest go. */
export const MOST_LINES = 20_000;

/** What was told of a log, oldest first. */
export interface HeldLog {
  readonly lines: readonly LogLine[];
  /** Of the next line. */
  readonly nextId: number;
}

export const NOTHING_HELD: HeldLog = { lines: [], nextId: 0 };

/**
 * The log with some more lines.
 * @param isAgain they come from a stream that was taken up again, which tells the newest lines once more.
 */
export function withLines(held: HeldLog, more: readonly DeployedLine[], isAgain = false): HeldLog {
  const known = isAgain ? new Set(held.lines.map(keyOf)) : undefined;
  const fresh = known === undefined ? more : more.filter((line) => !known.has(keyOf(line)));
  if (fresh.length === 0) return held;
  const read = fresh.map((line, index) => readLine(line, held.nextId + index));
  return { lines: [...held.lines, ...read].slice(-MOST_LINES), nextId: held.nextId + fresh.length };
}

function keyOf({ at, instance, text }: DeployedLine): string {
  return `${at} ${instance} ${text}`;
}
