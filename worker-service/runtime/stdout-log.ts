import { type Log, type LogLevel, type LogSink, jsonLog } from "../../mesh/log.ts";
import { sourceLog } from "./source-log.ts";

/**
 * JSON lines on the standard output, and wherever else `also` puts them. With `showsSource`, errors show the source lines
 * they come from.
 */
export function stdoutLog(
  level: LogLevel,
  { showsSource = false, also }: { showsSource?: boolean; also?: LogSink } = {},
): Log {
  // Without a listener Bun ends the process, calls in flight and all, when who read its output is gone. There is nobody
  // left to tell.
  if (process.stdout.listenerCount("error") === 0) process.stdout.on("error", () => undefined);
  const sink: LogSink = (line, severity) => {
    process.stdout.write(`${line}\n`);
    also?.(line, severity);
  };
  const log = jsonLog(sink, { level });
  return showsSource ? sourceLog(log) : log;
}
