import type { ReceivedLine } from "../../mesh/log-feed.ts";
import type { LogLevel } from "../../mesh/log.ts";
import { humanLine } from "../console-log.ts";
import { clock } from "../terminal/clock.ts";
import { printable } from "../terminal/printable.ts";
import type { Style } from "../terminal/style.ts";

/** A log line, as far as it is JSON with what all our lines have. */
export interface LogRecord extends ReceivedLine {
  /** RFC 3339, UTC; `""` when it does not say. */
  readonly time: string;
  readonly level: LogLevel | undefined;
  readonly fields: Readonly<Record<string, unknown>> | undefined;
}

const LEVELS: readonly unknown[] = ["debug", "info", "warn", "error"] satisfies LogLevel[];

export function readRecord(line: ReceivedLine): LogRecord {
  const fields = parseObject(line.text);
  const time = fields?.["time"];
  const level = fields?.["level"];
  return {
    ...line,
    time: typeof time === "string" ? time : "",
    level: isLevel(level) ? level : undefined,
    fields,
  };
}

/** The line as it came; one that is not JSON as the message of one. */
export function jsonOf({ text, fields }: LogRecord): string {
  return fields === undefined ? JSON.stringify({ message: text }) : text;
}

/** The line as a person reads it: local time, service and its instance, then what it says. */
export function humanOf({ text, time, level, fields }: LogRecord, style: Style): string {
  if (fields === undefined) return printable(text);
  const { service, instance, ...others } = fields;
  const who = [service, instance].filter((part) => typeof part === "string").join(" ");
  // The first fields decide that it is one of ours.
  const line = humanLine(JSON.stringify({ time, ...others }));
  const paint = level === "error" ? style.red : level === "warn" ? style.yellow : (same: string): string => same;
  return `${style.dim(`${clock(time)} ${printable(who)} │`)} ${paint(printable(line))}`;
}

function isLevel(value: unknown): value is LogLevel {
  return LEVELS.includes(value);
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
    return undefined;
  } catch {
    return undefined; // a foreign worker may write lines of any kind
  }
}
