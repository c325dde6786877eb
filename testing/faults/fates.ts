import { FUNCTION_PREFIX } from "../../mesh/subjects.ts";
import { chance } from "./chance.ts";
import type { NamedMessage } from "./message-names.ts";

/** Which faults there are to be, and how often. Shares are from 0 (never) to 1 (always). */
export interface FaultOptions {
  /** Decides who is hit: the same seed hits the same messages. A whole number. */
  readonly seed: number;
  /** Share of the messages that never arrive: of all, or of requests and replies apart. Default 0. */
  readonly loss?: number | { readonly requests?: number; readonly replies?: number };
  /** How long messages are on their way, in milliseconds: always the same, or from least to most. Default 0. */
  readonly delayMs?: number | readonly [least: number, most: number];
  /** Share of the calls that arrive again once they were answered, so that their handler runs twice. Default 0. */
  readonly duplicate?: number;
  /** The broker dies with this message, the first being 1, and is back after so many milliseconds. Default: it lives. */
  readonly brokerDeath?: { readonly atMessage: number; readonly forMs: number };
}

/** What is done to one message. */
export interface Fate {
  readonly isLost: boolean;
  readonly isDuplicated: boolean;
  readonly delayMs: number;
}

/** Decides about messages by their name alone, so that it does not matter when and among which others they come. */
export class Fates {
  readonly #seed: number;
  readonly #requestLoss: number;
  readonly #replyLoss: number;
  readonly #duplicate: number;
  readonly #leastMs: number;
  readonly #mostMs: number;

  /** @throws TypeError naming the option that is wrong. */
  constructor({ seed, loss = 0, delayMs = 0, duplicate = 0, brokerDeath }: FaultOptions) {
    const { requests = 0, replies = 0 } = typeof loss === "number" ? { requests: loss, replies: loss } : loss;
    const [leastMs, mostMs] = typeof delayMs === "number" ? [delayMs, delayMs] : delayMs;
    if (!Number.isSafeInteger(seed)) throw new TypeError(`seed is ${seed}; give a whole number`);
    for (const [name, share] of Object.entries({ loss: requests, "loss of replies": replies, duplicate })) {
      if (!(share >= 0 && share <= 1)) throw new TypeError(`${name} is ${share}; give a share from 0 to 1`);
    }
    if (!(leastMs >= 0 && mostMs >= leastMs && mostMs < Number.POSITIVE_INFINITY)) {
      throw new TypeError(`delayMs is ${leastMs} to ${mostMs}; give milliseconds, the lesser first`);
    }
    if (brokerDeath !== undefined && !(brokerDeath.atMessage >= 1 && brokerDeath.forMs >= 0)) {
      const { atMessage, forMs } = brokerDeath;
      throw new TypeError(`brokerDeath is at message ${atMessage} for ${forMs} ms; the first message is 1`);
    }
    this.#seed = seed;
    this.#requestLoss = requests;
    this.#replyLoss = replies;
    this.#duplicate = duplicate;
    this.#leastMs = leastMs;
    this.#mostMs = mostMs;
  }

  of({ name, isReply }: NamedMessage): Fate {
    const draw = (what: string): number => chance(this.#seed, `${what} ${name}`);
    return {
      isLost: draw("loss") < (isReply ? this.#replyLoss : this.#requestLoss),
      isDuplicated: name.startsWith(`${FUNCTION_PREFIX}.`) && !isReply && draw("duplicate") < this.#duplicate,
      delayMs: Math.round(this.#leastMs + draw("delay") * (this.#mostMs - this.#leastMs)),
    };
  }
}
