import { randomHex } from "../../mesh/ids.ts";
import type { Administrator } from "./administrator.ts";

const LIFETIME_MS = 600_000;
/** Older ones are forgotten: nobody waits for that many. */
const MAX_OPEN = 100;

/** Codes that stand for somebody, once and for ten minutes. They are 128 random bits, so that nobody guesses one. */
export class OneTimeCodes {
  readonly #now: () => number;
  readonly #open = new Map<string, { readonly who: Administrator; readonly untilMs: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  issue(who: Administrator): string {
    for (const [code, { untilMs }] of this.#open) {
      if (untilMs > this.#now() && this.#open.size < MAX_OPEN) break;
      this.#open.delete(code);
    }
    const code = randomHex(16);
    this.#open.set(code, { who, untilMs: this.#now() + LIFETIME_MS });
    return code;
  }

  /** Whom it stands for; from then on nobody. */
  take(code: string): Administrator | undefined {
    const found = this.#open.get(code);
    this.#open.delete(code);
    return found !== undefined && found.untilMs > this.#now() ? found.who : undefined;
  }
}
