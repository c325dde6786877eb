import type { Log, LogFields, LogLevel } from "../mesh/log.ts";

const MARKS: Record<LogLevel, string> = { debug: "·", info: "›", warn: "!", error: "✗" };

/** A logger for a person at a terminal: one line each, `› message key=value`, and below it what is longer than a line. */
export function consoleLog(write: (line: string) => void, fields: LogFields = {}): Log {
  const line = (level: LogLevel, message: string, more: LogFields = {}): void => {
    write(`${MARKS[level]} ${withFields(message, { ...fields, ...more })}`);
  };
  return {
    debug: () => undefined,
    info: (message, more) => line("info", message, more),
    warn: (message, more) => line("warn", message, more),
    error: (message, more) => line("error", message, more),
    with: (more) => consoleLog(write, { ...fields, ...more }),
  };
}

/** A worker's JSON log line as a person reads it; any other line as it is. */
export function humanLine(text: string): string {
  const record = parseRecord(text);
  if (record === undefined) return text;
  const { time: _time, level, message, ...fields } = record;
  const mark = typeof level === "string" && level in MARKS ? MARKS[level as LogLevel] : "›";
  return `${mark} ${withFields(String(message), fields)}`;
}

function parseRecord(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{"time":')) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined; // a line that only looks like one of ours
  }
}

function withFields(message: string, fields: LogFields): string {
  const inLine = [message];
  const below: string[] = [];
  for (const [key, value] of Object.entries(fields)) {
    const text = show(value);
    if (text.includes("\n")) below.push(text);
    else inLine.push(`${key}=${text}`);
  }
  return [inLine.join("  "), ...below].join("\n");
}

function show(value: unknown): string {
  if (value instanceof Error) return value.stack ?? value.message;
  if (isErrorRecord(value)) return value.stack;
  return typeof value === "string" ? value : String(JSON.stringify(value));
}

function isErrorRecord(value: unknown): value is { stack: string } {
  return typeof value === "object" && value !== null && "stack" in value && typeof value.stack === "string";
}
