import type { LocalMessage } from "../../mesh/broker/local-link.ts";
import { decodeHeaderBlock } from "../../mesh/broker/header-block.ts";
import { HELD_PREFIX } from "../../mesh/subjects.ts";
import { STREAM_HEADERS } from "../../mesh/stream.ts";

const QUESTIONS = `${HELD_PREFIX}.`;

/** What a message is called in every run, and whether it answers another. */
export interface NamedMessage {
  /** `fn.shop.stock.take#2` for the second message to that subject, `fn.shop.stock.take#2 reply` for its answer. */
  readonly name: string;
  readonly isReply: boolean;
}

/**
 * Gives messages names that do not change from run to run. Subjects of functions are the same each time; where answers
 * and streams go is made up anew, so that these are named after the message that asked for them.
 */
export class MessageNames {
  readonly #counts = new Map<string, number>();
  readonly #replies = new Map<string, string>();
  readonly #streams = new Map<string, string>();
  readonly #unnamed = new Set<string>();

  /**
   * `undefined` for discovery and for questions about calls, their answers among them: they are not what is tested, and come at
   * times of their own.
   */
  name({ subject, replyTo, headers }: LocalMessage): NamedMessage | undefined {
    if (subject.startsWith("$") || subject.startsWith(QUESTIONS) || this.#unnamed.has(subject)) {
      if (replyTo !== "") this.#unnamed.add(replyTo);
      return undefined;
    }
    const reply = this.#replies.get(subject);
    const base = reply ?? this.#streams.get(subject) ?? subject;
    const count = (this.#counts.get(base) ?? 0) + 1;
    this.#counts.set(base, count);
    const name = reply !== undefined && count === 1 ? base : `${base}#${count}`;
    if (replyTo !== "") this.#replies.set(replyTo, this.#replies.get(replyTo) ?? `${name} reply`);
    const stream = decodeHeaderBlock(headers)[STREAM_HEADERS.stream];
    if (stream !== undefined) this.#streams.set(stream, `${name} stream`);
    return { name, isReply: reply !== undefined };
  }
}
