/** A part of the time that the gateway needed. */
export interface TimingPart {
  readonly name: string;
  readonly ms: number;
  /** What it is, in words. */
  readonly words: string;
}

/** Where the time of a call went. */
export interface Timing {
  /** In the order in which they happen; together `totalMs`. */
  readonly parts: readonly TimingPart[];
  readonly totalMs: number | undefined;
  readonly traceId: string | undefined;
}

const WORDS = {
  body: "reading the body",
  auth: "checking the token",
  rule: "asking the rule",
  record: "recording",
  mesh: "broker and back",
  fn: "the function",
  out: "writing the answer",
} as const;

/** Reads `Server-Timing` as the gateway writes it. */
export function parseServerTiming(header: string | null): Timing {
  const entries = new Map(
    (header ?? "").split(",").map((entry) => {
      const [name = "", ...params] = entry.split(";").map((part) => part.trim());
      return [name, params] as const;
    }),
  );
  const duration = (name: string): number | undefined => {
    const text = entries.get(name)?.find((param) => param.startsWith("dur="));
    return text === undefined ? undefined : Number(text.slice("dur=".length));
  };
  const trace = entries.get("traceparent")?.find((param) => param.startsWith("desc="));
  return {
    parts: Object.entries(WORDS).flatMap(([name, words]) => {
      const ms = duration(name);
      return ms === undefined ? [] : [{ name, ms, words }];
    }),
    totalMs: duration("total"),
    traceId: /^desc="?00-([0-9a-f]{32})-/.exec(trace ?? "")?.[1],
  };
}
