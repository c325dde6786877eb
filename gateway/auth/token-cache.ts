import type { VerifiedToken } from "../auth.ts";

interface Entry {
  readonly token: VerifiedToken;
  readonly goodUntilMs: number;
}

/**
 * Remembers verified tokens in two generations: once the young one is full it becomes the old one, and what was not
 * asked for since is forgotten with the generation before. A hit is one look-up and moves nothing, unlike a list kept
 * in order of use.
 *
 * Refused tokens are not remembered: whoever attacks never sends the same one twice, so a cache of refusals would hold
 * memory and never hit.
 */
export class TokenCache {
  readonly #perGeneration: number;
  #young = new Map<string, Entry>();
  #old = new Map<string, Entry>();

  /** @param maxEntries most tokens held at once; less than 2 turns the cache off. */
  constructor(maxEntries: number) {
    this.#perGeneration = Math.floor(maxEntries / 2);
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** The token if it was verified before and is still good at `nowMs`. */
  get(text: string, nowMs: number): VerifiedToken | undefined {
    const entry = this.#young.get(text) ?? this.#promote(text);
    if (entry === undefined) return undefined;
    if (nowMs < entry.goodUntilMs) return entry.token;
    this.#young.delete(text);
    return undefined;
  }

  set(text: string, token: VerifiedToken, goodUntilMs: number): void {
    this.#insert(text, { token, goodUntilMs });
  }

  clear(): void {
    this.#young = new Map();
    this.#old = new Map();
  }

  #promote(text: string): Entry | undefined {
    const entry = this.#old.get(text);
    if (entry === undefined) return undefined;
    this.#old.delete(text);
    this.#insert(text, entry);
    return entry;
  }

  #insert(text: string, entry: Entry): void {
    if (this.#perGeneration === 0) return;
    if (this.#young.size >= this.#perGeneration && !this.#young.has(text)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(text, entry);
  }
}
