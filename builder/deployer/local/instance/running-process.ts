import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { kill } from "node:process";
import type { Readable, Writable } from "node:stream";
import { DeployError } from "../../deploy-error.ts";
import type { InstanceEnd, RunningInstance } from "../instance.ts";
import type { Launch } from "./launch.ts";
import type { Limits } from "./limits.ts";
import type { ControlGroup } from "./limits/control-groups.ts";
import { Watch } from "./limits/watch.ts";
import type { Output } from "./output.ts";
import { beganAt, childrenOf, descendantsOf } from "./process-tree.ts";

export interface ProcessOptions {
  readonly output: Output;
  /** By which the kernel limits it. */
  readonly group: ControlGroup | undefined;
  /** What has to be watched. */
  readonly watched: Partial<Limits>;
}

/** How long what was killed may hold its output open. */
const CLOSE_MS = 2_000;
/** A shell, and so a guard, tells by a number that what it ran was ended by a signal. */
const SIGNAL_CODES = 128;

/**
 * Starts a process in a group and a session of its own; resolves when there is one.
 * @throws DeployError `start_failed`
 */
export async function startProcess(launch: Launch, options: ProcessOptions): Promise<RunningInstance> {
  const { command, env, folder, inputs } = launch;
  const [program, ...args] = command;
  const stdio = ["pipe" as const, "pipe" as const, "pipe" as const, ...inputs.map(() => "pipe" as const)];
  const child = spawn(program, args, { cwd: folder, env, detached: true, stdio });
  try {
    await once(child, "spawn");
  } catch (cause) {
    throw new DeployError("start_failed", `"${program}" could not be started`, { cause });
  }
  const [stdin, , , ...others] = child.stdio as (Writable | undefined)[];
  // A process that does not read has ended, or does not want to.
  for (const pipe of [stdin, ...others]) pipe?.on("error", () => undefined);
  for (const [index, input] of inputs.entries()) others[index]?.end(input);
  return new RunningProcess(child, launch, options);
}

class RunningProcess implements RunningInstance {
  readonly pid: number;
  readonly ended: Promise<InstanceEnd>;
  readonly #child: ChildProcess;
  readonly #isGuarded: boolean;
  readonly #watch: Watch;
  readonly #options: ProcessOptions;
  #below: readonly { readonly pid: number; readonly began: string | undefined }[] = [];
  #killing: NodeJS.Timeout | undefined;
  #killsAt = Infinity;
  #isStopping = false;
  #isOver = false;
  #isOutOfMemory = false;

  constructor(child: ChildProcess, { isGuarded }: Launch, options: ProcessOptions) {
    this.#child = child;
    this.#isGuarded = isGuarded;
    this.#options = options;
    this.pid = child.pid ?? 0;
    const onOutOfMemory = (): void => {
      this.#isOutOfMemory = true;
      this.#killAll();
    };
    const onTooManyProcesses = (): void => {
      options.output.say(`it is ended, since it has started more than ${options.watched.processes} processes`);
      this.#killAll();
    };
    this.#watch = new Watch(this.pid, options.watched, { onOutOfMemory, onTooManyProcesses });
    this.ended = this.#untilEnded();
    options.group?.add(this.pid).catch((error: unknown) => {
      options.output.say(`it is ended, since the kernel does not limit it: ${String(error)}`);
      this.#killAll();
    });
  }

  stop(graceMs: number): Promise<InstanceEnd> {
    if (this.#isOver) return this.ended;
    if (!this.#isStopping) {
      this.#isStopping = true;
      this.#askToEnd();
    }
    const killsAt = performance.now() + graceMs;
    if (killsAt < this.#killsAt) {
      this.#killsAt = killsAt;
      clearTimeout(this.#killing);
      this.#killing = setTimeout(() => this.#killAll(), graceMs);
    }
    return this.ended;
  }

  /** A guard passes no signals on; who is not there yet has nothing to finish. */
  #askToEnd(): void {
    this.#watch.letRun();
    // Those that have left its group are nobody's children once it has ended.
    this.#below = descendantsOf(this.pid).map((pid) => ({ pid, began: beganAt(pid) }));
    const asked = this.#isGuarded ? childrenOf(this.pid).flatMap(childrenOf) : [this.pid];
    if (asked.length === 0) this.#killAll();
    for (const pid of asked) signal(pid, "SIGTERM");
  }

  #killAll(): void {
    for (const pid of [...descendantsOf(this.pid), -this.pid]) signal(pid, "SIGKILL");
  }

  async #untilEnded(): Promise<InstanceEnd> {
    const { output, group } = this.#options;
    const streams = [this.#child.stdout, this.#child.stderr].filter((stream) => stream !== null);
    for (const stream of streams) output.read(stream);
    const closed = Promise.all(streams.map(untilClosed));
    const [code, by] = await untilExit(this.#child);
    this.#isOver = true;
    clearTimeout(this.#killing);
    this.#watch.close();
    this.#isOutOfMemory ||= group?.wasOutOfMemory() ?? false;
    // What it has started and left behind.
    for (const { pid, began } of this.#below) if (beganAt(pid) === began) signal(pid, "SIGKILL");
    signal(-this.pid, "SIGKILL");
    await group?.remove();
    const giveUp = setTimeout(() => streams.map((stream) => stream.destroy()), CLOSE_MS);
    await closed;
    clearTimeout(giveUp);
    output.end();
    return this.#end(code, by);
  }

  #end(code: number | null, by: NodeJS.Signals | null): InstanceEnd {
    const { lastLines } = this.#options.output;
    const signalled = by ?? (this.#isGuarded ? signalOf(code ?? 0) : undefined);
    const how = signalled === undefined ? { code: code ?? 0 } : { signal: signalled };
    if (this.#isStopping) return { reason: "stopped", ...how, lastLines };
    const isFailure = signalled !== undefined || code !== 0;
    return { reason: this.#isOutOfMemory && isFailure ? "out_of_memory" : "exited", ...how, lastLines };
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    kill(pid, name);
  } catch {
    // It has ended.
  }
}

function untilExit(child: ChildProcess): Promise<[code: number | null, by: NodeJS.Signals | null]> {
  return new Promise((resolve) => child.once("exit", (code, by) => resolve([code, by])));
}

function untilClosed(stream: Readable): Promise<void> {
  return new Promise((resolve) => stream.once("close", resolve));
}

function signalOf(code: number): string | undefined {
  const number = code - SIGNAL_CODES;
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
}
