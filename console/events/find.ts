/** What somebody looks for, by what they typed. */
export type Find =
  | { readonly kind: "event"; readonly id: string }
  | { readonly kind: "trace"; readonly traceId: string }
  /** Ids of calls look like those of traces. */
  | { readonly kind: "trace or event"; readonly id: string }
  | { readonly kind: "source"; readonly source: string };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const DIGITS = /^[0-9a-f]{32}$/i;
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/i;

/** An id, a trace (also as a `traceparent`), or else the name of a function; `undefined` for nothing. */
export function readFind(text: string): Find | undefined {
  const given = text.trim();
  if (given === "") return undefined;
  if (UUID.test(given)) return { kind: "event", id: given.toLowerCase() };
  if (DIGITS.test(given)) return { kind: "trace or event", id: given.toLowerCase() };
  const traceId = TRACEPARENT.exec(given)?.[1];
  if (traceId !== undefined) return { kind: "trace", traceId: traceId.toLowerCase() };
  return { kind: "source", source: given };
}
