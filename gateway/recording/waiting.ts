import type { Patient } from "./deadlines.ts";

/** A record that waits for its turn, or for its acknowledgement, and whoever waits for it. What comes first counts. */
export class Waiting implements Patient {
  /** Resolves with whether it is durable: `false` when the time is over before that is known. */
  readonly durable: Promise<boolean>;
  #json: string;
  #bareJson: string | undefined;
  #untilMs: number;
  readonly #resolve: (isDurable: boolean) => void;
  readonly #reject: (error: unknown) => void;

  /** @param options.bareJson the same without the part that may be why nobody takes it. */
  constructor(json: string, options: { readonly untilMs: number; readonly bareJson?: string }) {
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    this.durable = promise;
    this.#json = json;
    this.#bareJson = options.bareJson;
    this.#untilMs = options.untilMs;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  get json(): string {
    return this.#json;
  }

  get untilMs(): number {
    return this.#untilMs;
  }

  /** Leaves out the part that may be why nobody takes it; whether there was one. */
  strip(): boolean {
    if (this.#bareJson === undefined) return false;
    this.#json = this.#bareJson;
    this.#bareJson = undefined;
    return true;
  }

  done(): void {
    this.#resolve(true);
  }

  late(): void {
    this.#untilMs = Number.POSITIVE_INFINITY;
    this.#resolve(false);
  }

  failed(error: unknown): void {
    this.#reject(error);
  }
}

/** What a batch may hold of a queue. */
export interface BatchRoom {
  readonly count: number;
  readonly bytes: number;
}

/** Takes from the front of a queue what fits: at least one, however long it is. */
export function takeFitting(queue: Waiting[], room: BatchRoom): Waiting[] {
  let count = 0;
  let units = 0;
  for (const { json } of queue) {
    units += json.length + 1;
    // Counted as if every character took three bytes, which none exceeds.
    if (count === room.count || (count > 0 && 3 * units > room.bytes)) break;
    count += 1;
  }
  return queue.splice(0, count);
}
