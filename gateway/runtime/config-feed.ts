import { type Broker, EMPTY_MESSAGE } from "../../mesh/broker.ts";
import { decodeReply } from "../../mesh/call.ts";
import type { Log } from "../../mesh/log.ts";
import { pause } from "../../mesh/pause.ts";
import { configChangeSubject, configSubject } from "../../mesh/subjects.ts";

/** How often the mesh is asked, besides when it says that there is something new, in milliseconds. */
const REFRESH_MS = 10_000;
/** How long whoever wants the configuration waits for the mesh's first word, in milliseconds. */
const FIRST_WORD_MS = 1500;
const ANSWER_MS = 2000;

/** Asks for a configuration that the mesh publishes, for as long as there is a connection. */
export class ConfigFeed {
  readonly #name: string | undefined;
  readonly #log: Log;
  readonly #offer: (text: string) => Promise<void>;
  #broker: Broker | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #firstWord = Promise.withResolvers<void>();
  #asked = Promise.resolve();
  #lastReason: string | undefined;

  /**
   * @param name what the mesh publishes it by; without it there is nothing to follow.
   * @param options.offer given each answer, one after the other, also one that it has been given before.
   */
  constructor(
    name: string | undefined,
    { log, offer }: { readonly log: Log; readonly offer: (text: string) => Promise<void> },
  ) {
    this.#name = name;
    this.#log = log;
    this.#offer = offer;
  }

  /** Resolves when the mesh was asked, or has had a moment to be there. */
  async firstWord(): Promise<void> {
    if (this.#name === undefined) return;
    const heard = new AbortController();
    await Promise.race([this.#firstWord.promise, pause(FIRST_WORD_MS, heard.signal)]);
    heard.abort();
  }

  /** Asks over a connection that is there, or there again, and goes on asking. */
  follow(broker: Broker): void {
    if (this.#name === undefined) return;
    const ask = (): Promise<void> => this.#ask(broker);
    if (broker !== this.#broker) {
      // A subscription outlives a break of the connection.
      broker.subscribe(configChangeSubject(this.#name), {}, () => void ask());
      clearInterval(this.#timer);
      this.#timer = setInterval(() => void ask(), REFRESH_MS);
      this.#broker = broker;
    }
    const firstWord = this.#firstWord;
    void ask().then(() => firstWord.resolve());
  }

  /** The connection is going to be closed. What comes next begins anew. */
  end(): void {
    clearInterval(this.#timer);
    this.#broker = undefined;
    this.#firstWord = Promise.withResolvers();
  }

  #ask(broker: Broker): Promise<void> {
    // One after the other: an older answer must not replace a newer one.
    this.#asked = this.#asked.then(() => this.#refresh(broker));
    return this.#asked;
  }

  /** Never rejects: while there is no answer, what is in force stays. */
  async #refresh(broker: Broker): Promise<void> {
    const name = this.#name;
    if (name === undefined || broker !== this.#broker) return;
    try {
      const answer = await broker.request(configSubject(name), EMPTY_MESSAGE, { timeoutMs: ANSWER_MS });
      const text = new TextDecoder().decode(decodeReply(answer).payload);
      this.#lastReason = undefined;
      await this.#offer(text);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      // While nobody is there, or nothing can be handed on, it is asked again and again.
      if (reason === this.#lastReason) return;
      this.#lastReason = reason;
      this.#log.warn("the configuration could not be asked for; the last one stays", { name, reason });
    }
  }
}
