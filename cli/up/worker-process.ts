import type { Closable } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import { pause } from "../../mesh/pause.ts";

/** A worker that `fmesh up` keeps running. */
export interface WorkerProcessOptions {
  /** Shown in front of what it says. */
  readonly name: string;
  /** The script, absolute. */
  readonly script: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly log: Log;
  /** Receives each line the worker writes. */
  readonly onLine: (line: string) => void;
}

const FIRST_RESTART_MS = 250;
const LAST_RESTART_MS = 10_000;
/** A worker that ran this long was healthy: its next restart is quick again. */
const HEALTHY_MS = 10_000;
const STOP_GRACE_MS = 10_000;

/** Starts a script as a process of its own and starts it again, with back-off, whenever it ends by itself. */
export function startWorkerProcess(options: WorkerProcessOptions): Closable {
  const { name, log } = options;
  const stopping = new AbortController();
  let child: Bun.Subprocess<"pipe", "pipe", "pipe"> | undefined;

  const keepRunning = async (): Promise<void> => {
    let restartMs = FIRST_RESTART_MS;
    while (!stopping.signal.aborted) {
      const startedAt = Date.now();
      child = spawn(options);
      const [code] = await Promise.all([
        child.exited,
        readLines(child.stdout, options.onLine),
        readLines(child.stderr, options.onLine),
      ]);
      if (stopping.signal.aborted) return;
      restartMs = Date.now() - startedAt > HEALTHY_MS ? FIRST_RESTART_MS : restartMs;
      log.error(`worker "${name}" ended with code ${code}; starting it again in ${restartMs} ms`);
      await pause(restartMs, stopping.signal);
      restartMs = Math.min(restartMs * 2, LAST_RESTART_MS);
    }
  };
  const running = keepRunning();

  return {
    close: async () => {
      stopping.abort();
      child?.kill("SIGTERM");
      const timer = setTimeout(() => {
        log.warn(`worker "${name}" did not drain within ${STOP_GRACE_MS} ms and is ended`);
        child?.kill("SIGKILL");
      }, STOP_GRACE_MS);
      await running;
      clearTimeout(timer);
    },
  };
}

function spawn({ script, folder, env }: WorkerProcessOptions): Bun.Subprocess<"pipe", "pipe", "pipe"> {
  return Bun.spawn([process.execPath, script], {
    cwd: folder,
    env: { ...process.env, ...env },
    // An open pipe that ends with this process, however it ends: the worker's sign to stop.
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  });
}

async function readLines(stream: ReadableStream<Uint8Array>, onLine: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  }
  if (rest !== "") onLine(rest);
}
