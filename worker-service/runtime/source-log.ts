import type { Log, LogFields } from "../../mesh/log.ts";

/** A logger whose errors show, instead of the bare stack, the source lines they come from, with those of their causes. */
export function sourceLog(log: Log): Log {
  return {
    debug: (message, fields) => log.debug(message, withSource(fields)),
    info: (message, fields) => log.info(message, withSource(fields)),
    warn: (message, fields) => log.warn(message, withSource(fields)),
    error: (message, fields) => log.error(message, withSource(fields)),
    with: (fields) => sourceLog(log.with(fields)),
  };
}

function withSource(fields: LogFields = {}): LogFields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, describe(value)]));
}

function describe(value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return { name: value.name, message: value.message, stack: Bun.inspect(value, { colors: false }).trimEnd() };
}
