import type { Log, LogFields, LogLevel } from "../mesh/log.ts";

const MARKS: Record<LogLevel, string> = { debug: "·", info: "›", warn: "!", error: "✗" };

/** A logger for a person at a terminal: one line each, `› message key=value`. */
export function consoleLog(write: (line: string) => void, fields: LogFields = {}): Log {
  const line = (level: LogLevel, message: string, more: LogFields = {}): void => {
    write(`${MARKS[level]} ${[message, ...Object.entries({ ...fields, ...more }).map(show)].join("  ")}`);
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
  return `${mark} ${[String(message), ...Object.entries(fields).map(show)].join("  ")}`;
}

function parseRecord(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{"time":')) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined; // a line that only looks like one of ours
  }
}

function show([key, value]: [string, unknown]): string {
  if (value instanceof Error) return `${key}=${value.stack ?? value.message}`;
  if (isErrorRecord(value)) return `${key}=${value.stack}`;
  return `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`;
}

function isErrorRecord(value: unknown): value is { stack: string } {
  return typeof value === "object" && value !== null && "stack" in value && typeof value.stack === "string";
}
