import { type Log, type LogLevel, jsonLog } from "../../mesh/log.ts";

/** JSON lines on the standard output. */
export function stdoutLog(level: LogLevel): Log {
  // Without a listener Bun ends the process, calls in flight and all, when who read its output is gone. There is nobody
  // left to tell.
  if (process.stdout.listenerCount("error") === 0) process.stdout.on("error", () => undefined);
  return jsonLog((line) => process.stdout.write(`${line}\n`), { level });
}
