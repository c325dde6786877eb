import { RegistryError } from "../registry-error.ts";

/** Ends an exchange by its caller's signal, and when nothing happens for too long while something should. */
export class IdleWatch {
  readonly #limitMs: number;
  readonly #outer: AbortSignal | undefined;
  readonly #controller = new AbortController();
  readonly #forward = (): void => this.#controller.abort(this.#outer?.reason);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isEnded = false;

  constructor(limitMs: number, outer: AbortSignal | undefined) {
    this.#limitMs = limitMs;
    this.#outer = outer;
    outer?.addEventListener("abort", this.#forward, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why it was ended from here, if it was. */
  get reason(): unknown {
    return this.signal.aborted ? (this.signal.reason as unknown) : undefined;
  }

  /** Something is awaited from now on; for so many times the limit. */
  begin(times = 1): void {
    this.pause();
    if (this.#isEnded) return;
    const limitMs = this.#limitMs * times;
    this.#timer = setTimeout(() => {
      const seconds = limitMs / 1000;
      this.#controller.abort(
        new RegistryError("unavailable", `the registry was silent for ${seconds} s; try again later`),
      );
    }, limitMs);
  }

  /** Nothing is awaited from the other side. */
  pause(): void {
    clearTimeout(this.#timer);
  }

  end(): void {
    this.#isEnded = true;
    this.pause();
    this.#outer?.removeEventListener("abort", this.#forward);
  }
}
