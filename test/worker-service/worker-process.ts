import { join } from "node:path";
import type { LogLine } from "../mesh/recording-log.ts";

/** A script of `fixtures/` that runs as a process of its own. */
export interface WorkerProcess extends AsyncDisposable {
  /** Resolves with the first line of its log, past or to come, that says so with these fields; rejects without one. */
  untilSaid(message: string, fields?: Readonly<Record<string, unknown>>): Promise<LogLine>;
  kill(signal: "SIGTERM" | "SIGINT" | "SIGKILL"): void;
  /** Ends its standard input. */
  endInput(): void;
  /** How it ended: its exit code, or the signal that killed it. */
  ended(): Promise<number | string>;
  /** What it wrote to its standard error, once that has ended. */
  errors(): Promise<string>;
}

/** Starts it with these variables and hardly any other. It is killed when it goes out of scope. */
export function startWorker(
  script: string,
  { folder, env }: { folder: string; env: Readonly<Record<string, string>> },
): WorkerProcess {
  const child = Bun.spawn([process.execPath, join(import.meta.dirname, "fixtures", script)], {
    cwd: folder,
    env: { PATH: process.env["PATH"] ?? "", NO_COLOR: "1", ...env },
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  });
  const lines: LogLine[] = [];
  let heard = Promise.withResolvers<void>();
  let hasEnded = false;
  const reading = (async () => {
    for await (const line of linesOf(child.stdout)) {
      lines.push(JSON.parse(line) as LogLine);
      heard.resolve();
      heard = Promise.withResolvers();
    }
    hasEnded = true;
    heard.resolve();
  })();
  const errors = new Response(child.stderr).text();
  const ended = async (): Promise<number | string> => {
    await Promise.all([child.exited, reading]);
    return child.signalCode ?? child.exitCode ?? "";
  };
  return {
    async untilSaid(message, fields = {}) {
      for (;;) {
        const line = lines.find((each) => isLike(each, { ...fields, message }));
        if (line !== undefined) return line;
        if (hasEnded) throw new Error(`"${script}" ended without saying "${message}": ${await errors}`);
        await heard.promise;
      }
    },
    kill: (signal) => child.kill(signal),
    endInput: () => void child.stdin.end(),
    ended,
    errors: () => errors,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended();
    },
  };
}

function isLike(line: LogLine, fields: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(fields).every(([name, value]) => line[name] === value);
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
}
