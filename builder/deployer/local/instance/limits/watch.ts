import { kill } from "node:process";
import type { Limits } from "../limits.ts";
import { descendantsOf, usageOf } from "../process-tree.ts";

const LOOK_MS = 100;
/** Who did nothing since the last time has taken nothing either. */
const LOOK_AT_IDLE_MS = 500;

/** What is done to those that use too much. */
export interface WatchEvents {
  onOutOfMemory(): void;
  onTooManyProcesses(): void;
}

/**
 * Looks from time to time at what a process and all below it use, where the kernel does not limit them. Who takes more of a
 * processor than it may is stopped for as long as it was ahead.
 */
export class Watch {
  readonly #pid: number;
  readonly #limits: Partial<Limits>;
  readonly #on: WatchEvents;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  #mayRun = false;
  #seconds = 0;
  #secondsAtLook = 0;
  #lookedAt = performance.now();
  #resume: NodeJS.Timeout | undefined;
  #stopped: readonly number[] = [];

  constructor(pid: number, limits: Partial<Limits>, on: WatchEvents) {
    this.#pid = pid;
    this.#limits = limits;
    this.#on = on;
    if (Object.keys(limits).length > 0) this.#lookIn(LOOK_MS);
  }

  /** Slows it down no longer: what is told to end has to run for that. */
  letRun(): void {
    this.#mayRun = true;
    clearTimeout(this.#resume);
    this.#goOn();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.letRun();
  }

  #lookIn(ms: number): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => this.#lookIn(this.#look() ? LOOK_MS : LOOK_AT_IDLE_MS), ms);
    this.#timer.unref();
  }

  /** Answers whether it did something. */
  #look(): boolean {
    const pids = [this.#pid, ...descendantsOf(this.#pid)];
    const { memoryBytes, seconds, processes } = usageOf(pids);
    const { memoryBytes: maxBytes = Infinity, processes: maxProcesses = Infinity, processors } = this.#limits;
    if (memoryBytes > maxBytes) this.#on.onOutOfMemory();
    else if (processes > maxProcesses) this.#on.onTooManyProcesses();
    else if (processors !== undefined && this.#resume === undefined && !this.#mayRun) {
      this.#slowDown(pids, seconds, processors);
    }
    const didSomething = seconds !== this.#secondsAtLook;
    this.#secondsAtLook = seconds;
    return didSomething;
  }

  #slowDown(pids: readonly number[], seconds: number, processors: number): void {
    const now = performance.now();
    const used = seconds - this.#seconds;
    const aheadMs = (used * 1000) / processors - (now - this.#lookedAt);
    [this.#seconds, this.#lookedAt] = [seconds, now];
    if (aheadMs <= 0) return;
    this.#stopped = pids;
    signalAll(pids, "SIGSTOP");
    this.#resume = setTimeout(() => this.#goOn(), aheadMs);
  }

  #goOn(): void {
    signalAll(this.#stopped, "SIGCONT");
    [this.#stopped, this.#resume] = [[], undefined];
    this.#lookedAt = performance.now();
    this.#seconds = usageOf([this.#pid, ...descendantsOf(this.#pid)]).seconds;
  }
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      kill(pid, signal);
    } catch {
      // It has ended.
    }
  }
}
