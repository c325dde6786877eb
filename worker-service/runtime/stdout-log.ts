import { type Log, type LogLevel, jsonLog } from "../../mesh/log.ts";
import { sourceLog } from "./source-log.ts";

/** JSON lines on the standard output. With `showsSource`, errors show the source lines they come from. */
export function stdoutLog(level: LogLevel, { showsSource = false }: { showsSource?: boolean } = {}): Log {
  // Without a listener Bun ends the process, calls in flight and all, when who read its output is gone. There is nobody
  // left to tell.
  if (process.stdout.listenerCount("error") === 0) process.stdout.on("error", () => undefined);
  const log = jsonLog((line) => process.stdout.write(`${line}\n`), { level });
  return showsSource ? sourceLog(log) : log;
}
