import type { BuildDefinition, BuildProgress, PublishedImage } from "./build.ts";
import type { BuildCall } from "./pipeline.ts";

/** Does a build. */
export type Build = (definition: BuildDefinition, call: BuildCall) => Promise<PublishedImage>;

interface Shared {
  readonly image: Promise<PublishedImage>;
  readonly told: BuildProgress[];
  readonly listeners: Set<(progress: BuildProgress) => void>;
  readonly stop: AbortController;
}

/**
 * The same build asked for twice at once is done once: those who come later hear what was told before. It is ended when nobody
 * wants it any more. No more than `atOnce` run at a time; others wait for their turn.
 */
export class SharedBuilds {
  readonly #build: Build;
  readonly #atOnce: number;
  readonly #shared = new Map<string, Shared>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(build: Build, { atOnce }: { readonly atOnce: number }) {
    this.#build = build;
    this.#atOnce = atOnce;
  }

  /** As the build does; rejects with the signal's reason when it aborts, whoever else goes on waiting. */
  async build(definition: BuildDefinition, { signal, onProgress, invocationId }: BuildCall): Promise<PublishedImage> {
    signal.throwIfAborted();
    const key = JSON.stringify(definition);
    const shared = this.#shared.get(key) ?? this.#begin(key, definition, invocationId);
    for (const progress of shared.told) onProgress(progress);
    shared.listeners.add(onProgress);
    const left = Promise.withResolvers<never>();
    const leave = (): void => left.reject(signal.reason);
    signal.addEventListener("abort", leave, { once: true });
    try {
      return await Promise.race([shared.image, left.promise]);
    } finally {
      signal.removeEventListener("abort", leave);
      shared.listeners.delete(onProgress);
      if (shared.listeners.size === 0) {
        // Whoever asks for it now asks anew.
        if (this.#shared.get(key) === shared) this.#shared.delete(key);
        shared.stop.abort(new Error("nobody waits for the build any more"));
      }
    }
  }

  #begin(key: string, definition: BuildDefinition, invocationId: string): Shared {
    const told: BuildProgress[] = [];
    const listeners = new Set<(progress: BuildProgress) => void>();
    const stop = new AbortController();
    const onProgress = (progress: BuildProgress): void => {
      told.push(progress);
      for (const listener of listeners) listener(progress);
    };
    const image = this.#inTurn(() => this.#build(definition, { signal: stop.signal, onProgress, invocationId }));
    const shared = { image, told, listeners, stop };
    this.#shared.set(key, shared);
    const forget = (): void => {
      if (this.#shared.get(key) === shared) this.#shared.delete(key);
    };
    image.then(forget, forget);
    return shared;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#atOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      return await work();
    } finally {
      // The turn goes on to whoever waits longest.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
