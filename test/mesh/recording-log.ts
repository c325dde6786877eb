import { type Log, jsonLog } from "../../mesh/log.ts";

/** A log line, read back. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly level: string; readonly message: string };

/** A log that keeps what it is told. */
export interface RecordingLog {
  readonly log: Log;
  readonly lines: readonly LogLine[];
  /** Everything that was written, as one text. */
  readonly text: () => string;
  /** Resolves with the first line, past or to come, that says so. */
  readonly untilSaid: (message: string) => Promise<LogLine>;
}

export function recordingLog(): RecordingLog {
  const lines: LogLine[] = [];
  const waiting = new Set<(line: LogLine) => void>();
  const log = jsonLog(
    (text) => {
      const line = JSON.parse(text) as LogLine;
      lines.push(line);
      for (const notify of waiting) notify(line);
    },
    { level: "debug" },
  );
  return {
    log,
    lines,
    text: () => lines.map((line) => JSON.stringify(line)).join("\n"),
    untilSaid(message) {
      const found = lines.find((line) => line.message === message);
      if (found !== undefined) return Promise.resolve(found);
      return new Promise((resolve) => {
        const notify = (line: LogLine): void => {
          if (line.message !== message) return;
          waiting.delete(notify);
          resolve(line);
        };
        waiting.add(notify);
      });
    },
  };
}
