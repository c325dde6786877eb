import type { Scalar } from "yaml";

/** Another text instead of a part of one. */
export interface Change {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Another text instead of a scalar of `source`. */
export function replacement({ range: [from, to] }: Scalar.Parsed, source: string, text: string): Change {
  // A block ends with the line that follows on it.
  return { from, to, text: source.slice(from, to).endsWith("\n") ? `${text}\n` : text };
}

/** A scalar as it stands in `source`; a block, which would depend on its indentation, in quotes. */
export function written({ range: [from, to], type, value }: Scalar.Parsed, source: string): string {
  const slice = source.slice(from, to);
  if (type === "QUOTE_DOUBLE" || type === "QUOTE_SINGLE") return slice.includes("\n") ? JSON.stringify(value) : slice;
  // Plain text may end early between brackets.
  return type === "PLAIN" && !/[\n,[\]{}]/.test(slice) ? slice : JSON.stringify(value);
}

/** The text with changes that do not overlap. */
export function changed(text: string, changes: readonly Change[]): string {
  let result = "";
  let at = 0;
  for (const { from, to, text: instead } of changes.toSorted((a, b) => a.from - b.from)) {
    result += text.slice(at, from) + instead;
    at = to;
  }
  return result + text.slice(at);
}
