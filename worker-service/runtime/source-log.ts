import { join } from "node:path";
import type { Log, LogFields } from "../../mesh/log.ts";

/** What runs between the broker and a handler: of no use to who looks for a mistake in the handler. */
const INSIDE = ["mesh/", "worker-service/", "node_modules/"].map((folder) =>
  join(import.meta.dirname, "../..", folder),
);

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
  const stack = withoutInside(Bun.inspect(value, { colors: false }).trimEnd());
  return { name: value.name, message: value.message, stack };
}

function withoutInside(text: string): string {
  const lines = text.split("\n");
  // The first place of an error is what the source lines above it show; it stays wherever it is.
  const isNoise = (line: string, index: number): boolean =>
    isPlace(line) && isPlace(lines[index - 1] ?? "") && INSIDE.some((folder) => line.includes(folder));
  return lines.filter((line, index) => !isNoise(line, index)).join("\n");
}

function isPlace(line: string): boolean {
  return /^\s+at /.test(line);
}
