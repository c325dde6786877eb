import type { Broker } from "../../../mesh/broker.ts";
import { configChangeSubject } from "../../../mesh/subjects.ts";
import { pause } from "../../../mesh/pause.ts";
import type { KeptConfig } from "./kept-config.ts";
import type { ConfigText } from "./config-text.ts";

/** How often the mesh is asked, besides when it says that there is something new, in milliseconds. */
const REFRESH_MS = 10_000;
/** How long whoever wants the configuration waits for the mesh's first word, in milliseconds. */
const FIRST_WORD_MS = 1500;

/** Keeps the configuration up to date while there is a connection. */
export class ConfigFeed {
  readonly #kept: KeptConfig;
  readonly #name: string | undefined;
  #broker: Broker | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #firstWord = Promise.withResolvers<void>();

  /** @param name what the mesh publishes the configuration by; without it there is nothing to follow. */
  constructor(kept: KeptConfig, name: string | undefined) {
    this.#kept = kept;
    this.#name = name;
  }

  /** The configuration in force, after a moment for the mesh to say that there is another. */
  async current(): Promise<ConfigText | undefined> {
    if (this.#name !== undefined) {
      const heard = new AbortController();
      await Promise.race([this.#firstWord.promise, pause(FIRST_WORD_MS, heard.signal)]);
      heard.abort();
    }
    return this.#kept.text;
  }

  /** Asks over a connection that is there, or there again, and goes on asking. */
  follow(broker: Broker): void {
    if (this.#name === undefined) return;
    if (broker !== this.#broker) {
      // A subscription outlives a break of the connection.
      broker.subscribe(configChangeSubject(this.#name), {}, () => void this.#kept.refresh(broker));
      clearInterval(this.#timer);
      this.#timer = setInterval(() => void this.#kept.refresh(broker), REFRESH_MS);
      this.#broker = broker;
    }
    void this.#kept.refresh(broker).then(() => this.#firstWord.resolve());
  }

  /** The connection is going to be closed. What comes next begins anew. */
  end(): void {
    clearInterval(this.#timer);
    this.#broker = undefined;
    this.#firstWord = Promise.withResolvers();
  }
}
