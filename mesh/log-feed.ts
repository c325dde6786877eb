import * as v from "valibot";
import type { Message } from "./broker.ts";
import type { LogLevel } from "./log.ts";

/**
 * How log lines are read from elsewhere. A worker publishes each line at `logSubject`, where the broker drops it when
 * nobody listens, and answers at `recentLogsSubject` with the last ones it keeps. The payload is always JSON
 * lines; the headers, which a worker without our kit may leave out, tell a line that comes both ways apart.
 */
const LOG_HEADERS = {
  /** Unique per worker that publishes. */
  source: "Fmesh-Log-Source",
  /** The lines' numbers with their worker, from 1, with commas. */
  numbers: "Fmesh-Log-Numbers",
} as const;

/** A line that a worker wrote. */
export interface LogLine {
  /** Counts the lines of one worker, from 1. */
  readonly number: number;
  readonly level: LogLevel;
  /** A JSON document. */
  readonly text: string;
}

/** A line as it arrives. */
export interface ReceivedLine {
  /** `undefined`, as is the number, from a worker that does not say. */
  readonly source: string | undefined;
  readonly number: number | undefined;
  readonly text: string;
}

const LEVELS = ["debug", "info", "warn", "error"] as const satisfies readonly LogLevel[];

const askSchema = v.object({
  /** At most so many of the last that match. */
  lines: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** Of this level or a graver one. */
  level: v.optional(v.picklist(LEVELS)),
  /** Of this trace. */
  traceId: v.optional(v.string()),
});

/** Which lines somebody asks for. */
export type LogQuestion = v.InferOutput<typeof askSchema>;

/** Whether `level` is `least` or graver. */
export function isAtLeast(level: LogLevel, least: LogLevel): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(least);
}

/** Whether a line belongs to a trace: its JSON says so. */
export function isOfTrace(text: string, traceId: string): boolean {
  return text.includes(`"traceId":${JSON.stringify(traceId)}`);
}

export function encodeQuestion(question: LogQuestion): Message {
  return { payload: new TextEncoder().encode(JSON.stringify(question)), headers: {} };
}

/** `undefined` for what is no question. */
export function decodeQuestion({ payload }: Message): LogQuestion | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), askSchema), new TextDecoder().decode(payload));
  return parsed.success ? parsed.output : undefined;
}

export function encodeLines(source: string, lines: readonly LogLine[]): Message {
  return {
    payload: new TextEncoder().encode(lines.map(({ text }) => text).join("\n")),
    headers: {
      [LOG_HEADERS.source]: source,
      [LOG_HEADERS.numbers]: lines.map(({ number }) => number).join(","),
    },
  };
}

export function decodeLines({ payload, headers }: Message): ReceivedLine[] {
  if (payload.length === 0) return [];
  const numbers = (headers[LOG_HEADERS.numbers] ?? "").split(",").map(Number);
  const texts = new TextDecoder().decode(payload).split("\n");
  return texts
    .map((text, index) => ({ source: headers[LOG_HEADERS.source], number: numbers[index] || undefined, text }))
    .filter(({ text }) => text !== "");
}
