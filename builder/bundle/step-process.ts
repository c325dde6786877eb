import { type ChildProcess, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { kill } from "node:process";
import type { Readable } from "node:stream";
import { BuildError } from "./build-error.ts";
import { inMegabytes } from "./limits.ts";

/** A program that does one step of a build. */
export interface StepProcess {
  /** As its errors call it: `installing the dependencies`. */
  readonly doing: string;
  readonly command: readonly [string, ...string[]];
  readonly folder: string;
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly timeMs: number;
  readonly memoryBytes: number;
  /** Asked from time to time; rejects when it may not go on. */
  readonly watch?: (() => Promise<void>) | undefined;
  readonly signal: AbortSignal | undefined;
}

/** What a program that has ended left behind. */
export interface StepResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const LOOK_MS = 100;
/** What is kept of the output: its beginning, where the first error stands. */
const MAX_OUTPUT = 256 * 1024;
const PAGE_BYTES = 4096;

/**
 * Runs a program in a process group of its own, until it ends or has to: when the signal fires or a limit is reached, the group
 * is killed. Resolves, or rejects, when it is gone.
 *
 * @throws BuildError `out_of_time`, `out_of_memory`, `failed` when it cannot be started; rejects with the signal's reason or
 *   what `watch` rejected with.
 */
export async function runStep(step: StepProcess): Promise<StepResult> {
  const { command, folder, env, signal, doing } = step;
  signal?.throwIfAborted();
  const [program, ...args] = command;
  const child = spawn(program, args, { cwd: folder, env, detached: true, stdio: ["pipe", "pipe", "pipe"] });
  const stopped = new Stop(child);
  const unwatch = watchLimits(child, step, stopped);
  const onAbort = (): void => stopped.because(signal?.reason);
  signal?.addEventListener("abort", onAbort);
  // Whatever it has left running would hold its output open.
  child.once("exit", () => stopped.killGroup());
  // A program that does not read it is none of our business.
  child.stdin.on("error", () => undefined).end(step.input ?? "");
  const [stdout, stderr] = [gathered(child.stdout), gathered(child.stderr)];
  try {
    const exitCode = await ended(child);
    if (stopped.isStopped) throw stopped.reason;
    return { exitCode, stdout: stdout(), stderr: stderr() };
  } catch (error) {
    if (stopped.isStopped) throw stopped.reason;
    throw new BuildError("failed", `${doing} failed: "${program}" could not be started`, { cause: error });
  } finally {
    unwatch();
    signal?.removeEventListener("abort", onAbort);
  }
}

/** Ends a process group, and remembers why. */
class Stop {
  readonly #child: ChildProcess;
  isStopped = false;
  reason: unknown;

  constructor(child: ChildProcess) {
    this.#child = child;
  }

  because(reason: unknown): void {
    if (this.isStopped) return;
    this.isStopped = true;
    this.reason = reason;
    this.killGroup();
  }

  killGroup(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      kill(-pid, "SIGKILL");
    } catch {
      // It has ended.
    }
  }
}

function watchLimits(child: ChildProcess, step: StepProcess, stop: Stop): () => void {
  const { doing, timeMs, memoryBytes, watch } = step;
  const timer = setTimeout(() => {
    stop.because(new BuildError("out_of_time", `${doing} took longer than the ${timeMs / 1000} s it may take`));
  }, timeMs);
  let isLooking = false;
  const look = async (): Promise<void> => {
    if (child.pid !== undefined && (await memoryOf(child.pid)) > memoryBytes) {
      const text = `${doing} took more than the ${inMegabytes(memoryBytes)} of memory it may take`;
      stop.because(new BuildError("out_of_memory", text));
    }
    await watch?.();
  };
  const looking = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    look()
      .catch((error: unknown) => stop.because(error))
      .finally(() => {
        isLooking = false;
      });
  }, LOOK_MS);
  return () => {
    clearTimeout(timer);
    clearInterval(looking);
  };
}

/** Resident memory of a process and all below it; 0 of one that is gone, or where there is no `/proc`. */
async function memoryOf(pid: number): Promise<number> {
  try {
    const [statm, children] = await Promise.all([
      readFile(`/proc/${pid}/statm`, "utf8"),
      readFile(`/proc/${pid}/task/${pid}/children`, "utf8"),
    ]);
    const below = await Promise.all(children.split(" ").filter(Boolean).map(Number).map(memoryOf));
    return below.reduce((sum, bytes) => sum + bytes, Number(statm.split(" ")[1] ?? 0) * PAGE_BYTES);
  } catch {
    return 0;
  }
}

function gathered(stream: Readable): () => string {
  let text = "";
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    if (text.length < MAX_OUTPUT) text = (text + chunk).slice(0, MAX_OUTPUT);
  });
  return () => text;
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
}
