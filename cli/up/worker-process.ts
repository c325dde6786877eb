import type { Closable } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import type { ServiceReport } from "../../worker-service/runtime/service-report.ts";

/** What runs as a worker. */
export interface WorkerSpec {
  /** Shown in front of what it says. */
  readonly name: string;
  /** The script, absolute. */
  readonly script: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A worker that is looked after. `close()` lets it finish its calls. */
export interface StartedWorker extends Closable {
  /** Resolves once it takes calls, or once it is clear that it will not soon. */
  readonly settled: Promise<void>;
}

/** What the process of a worker needs. */
interface SpawnOptions extends Omit<StartWorkerOptions, "signal"> {
  /** For Bun itself. */
  readonly bunOptions?: readonly string[];
}

/** How a mesh starts its workers. */
export type StartWorker = (spec: WorkerSpec, options: StartWorkerOptions) => StartedWorker;

export interface StartWorkerOptions {
  /** Aborts when all shall stop. A worker that ends from then on was told so, as Ctrl-C tells a whole process group. */
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Receives each line that the worker writes. */
  readonly onLine: (line: string) => void;
}

/** One process of a worker. */
export interface WorkerProcess {
  /** The services that have said they take calls. */
  readonly services: ReadonlySet<string>;
  /** Resolves when `expected` take calls, or, where some of them do not come, shortly after others do. */
  up(expected: ReadonlySet<string>): Promise<void>;
  /** Resolves when, after a stop, no new call comes to it any more. */
  readonly left: Promise<void>;
  /** Resolves with the exit code when all it wrote has been read. */
  readonly exited: Promise<number>;
  /** Lets it finish its calls; it is ended when that takes longer than `graceMs`. */
  stop(graceMs?: number): Promise<void>;
  /** Ends it at once. */
  kill(): void;
}

/** How long a worker may take to finish its calls. */
export const STOP_GRACE_MS = 10_000;
/** Services of one script come up within this of each other. */
const TOGETHER_MS = 300;

/** Starts a process. */
export function spawnWorker(
  { name, script, folder, env }: WorkerSpec,
  { log, onLine, bunOptions = [] }: SpawnOptions,
): WorkerProcess {
  const services = new Set<string>();
  const leaving = new Set<string>();
  const left = Promise.withResolvers<void>();
  const listeners = new Set<() => void>();
  const child = Bun.spawn([process.execPath, ...bunOptions, script], {
    cwd: folder,
    env: { ...process.env, ...env },
    // An open pipe that ends with this process, however it ends: the worker's sign to stop.
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
    ipc: (message) => {
      if (!isServiceReport(message)) return;
      const { service, takesCalls } = message;
      (takesCalls ? services : leaving).add(service);
      if (!takesCalls && services.isSubsetOf(leaving)) left.resolve();
      for (const listener of listeners) listener();
    },
  });
  const exited = Promise.all([child.exited, readLines(child.stdout, onLine), readLines(child.stderr, onLine)]).then(
    ([code]) => code,
  );

  return {
    services,
    exited,
    left: Promise.race([left.promise, exited.then(() => undefined)]),
    up: (expected) =>
      new Promise((resolve) => {
        let timer: ReturnType<typeof setTimeout> | undefined;
        const finish = (): void => {
          listeners.delete(check);
          resolve();
        };
        const check = (): void => {
          if (services.size === 0) return;
          clearTimeout(timer);
          if (expected.isSubsetOf(services)) finish();
          else timer = setTimeout(finish, TOGETHER_MS);
        };
        listeners.add(check);
        check();
      }),
    kill: () => child.kill("SIGKILL"),
    stop: async (graceMs = STOP_GRACE_MS) => {
      child.kill("SIGTERM");
      const timer = setTimeout(() => {
        log.warn(`worker "${name}" did not stop within ${graceMs} ms and is ended`);
        child.kill("SIGKILL");
      }, graceMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

function isServiceReport(message: unknown): message is ServiceReport {
  return typeof message === "object" && message !== null && "service" in message && "takesCalls" in message;
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
