/** Severity, in the words of OpenTelemetry's log data model. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** Facts about a log line. Values must be safe to show: never a token, a secret or a whole options object. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes structured log lines. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger that adds `fields` to every line. */
  with(fields: LogFields): Log;
}

/** Where finished lines go, one JSON document each, without the line end. */
export type LogSink = (line: string, level: LogLevel) => void;

const ORDER: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 };

/** A logger that writes JSON lines `{"time","level","message",…fields}` of at least `level` (default `info`). */
export function jsonLog(sink: LogSink, options: { level?: LogLevel; now?: () => Date; fields?: LogFields } = {}): Log {
  const { level: least = "info", now = () => new Date(), fields: own = {} } = options;
  const write = (level: LogLevel, message: string, fields: LogFields = {}): void => {
    if (ORDER[level] < ORDER[least]) return;
    sink(toJson({ time: now().toISOString(), level, message, ...own, ...fields }), level);
  };
  return {
    debug: (message, fields) => write("debug", message, fields),
    info: (message, fields) => write("info", message, fields),
    warn: (message, fields) => write("warn", message, fields),
    error: (message, fields) => write("error", message, fields),
    with: (fields) => jsonLog(sink, { ...options, fields: { ...own, ...fields } }),
  };
}

/** A logger that writes nothing. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => silentLog,
};

// Thrown values come from anywhere. A log that threw on a cycle or a bigint would hide the error it was told of.
function toJson(line: LogFields): string {
  try {
    return JSON.stringify(line, errorsAsObjects);
  } catch {
    return JSON.stringify(Object.fromEntries(Object.entries(line).map(([name, value]) => [name, inShort(value)])));
  }
}

function errorsAsObjects(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return {
    name,
    message,
    stack,
    ...(cause !== undefined && { cause }),
    ...(value instanceof AggregateError && { errors: value.errors as unknown[] }),
  };
}

function inShort(value: unknown): unknown {
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack };
  return typeof value === "object" && value !== null ? "(cannot be shown as JSON)" : String(value);
}
