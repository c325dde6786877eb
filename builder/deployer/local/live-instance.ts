import { MeshError } from "../../../mesh/errors.ts";
import type { InstanceReport } from "../../../mesh/instance-report.ts";
import { pause } from "../../../mesh/pause.ts";
import { endedError, lateError } from "./how-it-ended.ts";
import type { InstanceControl } from "./instance-control.ts";
import type { InstanceEnd, InstanceSpec, Instances, RunningInstance } from "./instance.ts";
import type { StartSlots } from "./start-slots.ts";

/** What an instance is started with. */
export interface LiveInstanceOptions extends InstanceSpec {
  readonly instances: Instances;
  readonly control: InstanceControl;
  readonly slots: StartSlots;
  /** How long it may take until it takes calls, in milliseconds. */
  readonly startMs: number;
  /** One that has said nothing for so long is not counted on any more; it may only be busy before. In milliseconds. */
  readonly silentMs: number;
  /** Ends the fetching of its image. */
  readonly signal: AbortSignal;
  /** How long it may take to finish its calls when it is stopped, in milliseconds. */
  readonly graceMs: number;
  readonly onLine: (text: string) => void;
}

/** `leaving`: it was asked to end, and gets no new calls. */
export type InstanceState = "starting" | "up" | "leaving" | "gone";

/** Lines that are kept for the case that it never takes calls. */
const KEPT_LINES = 20;

/** One process of a version, from its start to its end. */
export class LiveInstance {
  readonly name: string;
  readonly #options: LiveInstanceOptions;
  readonly #lines: string[] = [];
  readonly #ended = Promise.withResolvers<InstanceEnd | undefined>();
  #state: InstanceState = "starting";
  #running: RunningInstance | undefined;
  #upAtMs: number | undefined;
  #report: InstanceReport | undefined;
  #silentSinceMs: number | undefined;
  #isUnwanted = false;

  constructor(options: LiveInstanceOptions) {
    this.#options = options;
    this.name = options.instance;
  }

  get state(): InstanceState {
    return this.#state;
  }

  /** Whether it was asked to end. */
  get isUnwanted(): boolean {
    return this.#isUnwanted;
  }

  /** What it said last. */
  get report(): InstanceReport | undefined {
    return this.#report;
  }

  /** How many queue subscriptions per function it holds, as far as we know. */
  get share(): number {
    return this.#report?.share ?? this.#options.share;
  }

  /** Whether it did not say how it does when it was asked last. */
  get isSilent(): boolean {
    return this.#silentSinceMs !== undefined;
  }

  /** Whether it has not said anything for long. */
  get isLost(): boolean {
    return this.#silentSinceMs !== undefined && performance.now() - this.#silentSinceMs > this.#options.silentMs;
  }

  /** How long it has taken calls, in milliseconds. */
  get upMs(): number | undefined {
    return this.#upAtMs === undefined ? undefined : performance.now() - this.#upAtMs;
  }

  /** Resolves when nothing of it runs any more: with how it ended, if it was started at all. */
  get ended(): Promise<InstanceEnd | undefined> {
    return this.#ended.promise;
  }

  /**
   * Starts it; resolves when it takes calls. When it throws, nothing of it runs.
   * @throws DeployError saying why it does not.
   */
  async start(): Promise<void> {
    const { instances, control, slots, startMs, deployment, signal } = this.#options;
    const waiting = new AbortController();
    let hasStarted: (() => void) | undefined;
    try {
      await instances.prepare(deployment.image, { signal });
      hasStarted = await slots.take();
      this.#requireWanted();
      const up = control.untilUp(this.name, waiting.signal);
      const running = await instances.start(this.#options, { line: (text) => this.#keep(text) });
      this.#running = running;
      void running.ended.then((end) => this.#settle(end));
      if (this.#isUnwanted) void running.stop(0);
      const late = pause(startMs, waiting.signal).then(() => "late" as const);
      const first = await Promise.race([up, running.ended, late]);
      if (first === "late") {
        await running.stop(0);
        throw lateError(deployment, { startMs, lastLines: this.#lines });
      }
      if (!("share" in first)) throw endedError(deployment, first, { wasUp: false });
      this.#take(first);
      this.#upAtMs = performance.now();
      if (this.#state === "starting") this.#state = "up";
    } catch (error) {
      if (this.#running === undefined) this.#settle(undefined);
      throw error;
    } finally {
      hasStarted?.();
      waiting.abort();
    }
  }

  /** Asks it how it does, and to hold that many subscriptions when a number is given. */
  async ask(share?: number): Promise<void> {
    try {
      this.#take(await this.#options.control.ask(this.name, share === undefined ? {} : { share }));
    } catch (error) {
      if (!(error instanceof MeshError)) throw error;
      // Nothing is known of those that the broker keeps from answering.
      if (error.code !== "broker_unavailable") this.#silentSinceMs ??= performance.now();
    }
  }

  /** Has it finish its calls, if it had any, and end. May be called again. */
  async stop(): Promise<void> {
    this.#isUnwanted = true;
    if (this.#state !== "gone") this.#state = "leaving";
    await this.#running?.stop(this.#upAtMs === undefined ? 0 : this.#options.graceMs);
    await this.#ended.promise;
  }

  #requireWanted(): void {
    if (this.#isUnwanted) throw new Error(`instance "${this.name}" was asked to end before it was started`);
  }

  #take(report: InstanceReport): void {
    this.#report = report;
    this.#silentSinceMs = undefined;
  }

  #keep(text: string): void {
    this.#lines.push(text);
    if (this.#lines.length > KEPT_LINES) this.#lines.shift();
    this.#options.onLine(text);
  }

  #settle(end: InstanceEnd | undefined): void {
    this.#state = "gone";
    this.#ended.resolve(end);
  }
}
