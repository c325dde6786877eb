import type { Closable } from "../../../mesh/lifecycle.ts";
import type { Log } from "../../../mesh/log.ts";
import type { SinkPositions } from "../../store.ts";

export interface LeaseOptions {
  readonly sinks: Pick<SinkPositions, "hold" | "advance" | "release">;
  /** The sink. */
  readonly name: string;
  /** Who works for it. */
  readonly holder: string;
  /** How long the right lasts when it is not prolonged, in milliseconds. */
  readonly leaseMs: number;
  readonly log: Log;
}

/** Parts of a lease after which it is prolonged: one attempt may fail. */
const RENEW_AFTER = 0.3;

/** The right to work for a sink, prolonged until it is given back or lost. */
export class Lease implements Closable {
  readonly #options: LeaseOptions;
  readonly #lost = new AbortController();
  readonly #timer: ReturnType<typeof setInterval>;
  #position: number;
  #endsAt: number;
  #renewing: Promise<void> | undefined;

  /** Takes it; `undefined` while another process has it. */
  static async take(options: LeaseOptions): Promise<Lease | undefined> {
    const { sinks, name, holder, leaseMs } = options;
    const endsAt = performance.now() + leaseMs;
    const position = await sinks.hold(name, holder, leaseMs);
    return position === undefined ? undefined : new Lease(options, { position, endsAt });
  }

  private constructor(options: LeaseOptions, { position, endsAt }: { position: number; endsAt: number }) {
    this.#options = options;
    this.#position = position;
    this.#endsAt = endsAt;
    this.#timer = setInterval(() => this.#prolong(), this.#everyMs);
  }

  /** All up to here is confirmed. */
  get position(): number {
    return this.#position;
  }

  /** Aborts when it is lost. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** All up to `position` is confirmed now. */
  async advance(position: number): Promise<void> {
    if (position <= this.#position) return;
    const { sinks, name, holder } = this.#options;
    if (await sinks.advance(name, holder, position)) this.#position = position;
    else this.#lost.abort();
  }

  /** Gives it back. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#renewing;
    const { sinks, name, holder } = this.#options;
    if (!this.lost.aborted) await sinks.release(name, holder);
  }

  get #everyMs(): number {
    return this.#options.leaseMs * RENEW_AFTER;
  }

  #prolong(): void {
    // Before it is over: the next look would come after another process has taken it.
    if (performance.now() + this.#everyMs > this.#endsAt) this.#lost.abort();
    if (this.lost.aborted) return;
    this.#renewing ??= this.#renew().finally(() => (this.#renewing = undefined));
  }

  async #renew(): Promise<void> {
    const { sinks, name, holder, leaseMs } = this.#options;
    const endsAt = performance.now() + leaseMs;
    try {
      if ((await sinks.hold(name, holder, leaseMs)) === undefined) this.#lost.abort();
      else this.#endsAt = endsAt;
    } catch (error) {
      // One attempt may fail: it ends when its time is over.
      this.#options.log.warn("the right to deliver events could not be prolonged", { error });
    }
  }
}
