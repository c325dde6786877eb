import type { Broker } from "../../mesh/broker.ts";
import type { Closable } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import { type GatewayConfig, parseConfig } from "../config.ts";
import { ConfigError } from "../config/config-error.ts";
import type { Environment } from "../config/environment.ts";
import { withFollowed } from "../config/followed-config.ts";
import { ConfigFeed } from "./config-feed.ts";

/** Where what the mesh published last is kept from one start to the next. */
export interface KeptText {
  read(): Promise<string | undefined>;
  write(text: string): Promise<void>;
}

/** What following a configuration of the mesh needs. */
export interface FollowedOptions {
  /** What the mesh publishes it by (`gateway.follow`). */
  readonly name: string;
  readonly broker: Broker;
  readonly env: Environment;
  readonly log: Log;
  /** Without it, a gateway that starts while the mesh is away goes by its own file. */
  readonly kept: KeptText | undefined;
}

const UNUSABLE = "the mesh publishes a configuration that cannot be used here; the last one stays";

/** What the mesh publishes, for a gateway that has a file as well: until there was any, the file counts as it is. */
export class FollowedConfig implements Closable {
  readonly #options: FollowedOptions;
  readonly #feed: ConfigFeed;
  readonly #stopWatching: () => void;
  #text: string | undefined;
  #published: GatewayConfig | undefined;
  #used: GatewayConfig | undefined;
  #apply: () => void = () => undefined;
  #lastComplaint: string | undefined;

  private constructor(options: FollowedOptions) {
    const { name, broker, log } = options;
    this.#options = options;
    this.#feed = new ConfigFeed(name, { log, offer: (text) => this.#offer(text) });
    this.#stopWatching = broker.onStatus((status) => status === "connected" && this.#feed.follow(broker));
    if (broker.status === "connected") this.#feed.follow(broker);
  }

  /** Begins to ask. Resolves when the mesh has answered, or was given a moment for that: then what was kept counts. */
  static async begin(options: FollowedOptions): Promise<FollowedConfig> {
    const followed = new FollowedConfig(options);
    await followed.#feed.firstWord();
    if (followed.#published === undefined) await followed.#takeKept();
    return followed;
  }

  /** What a gateway goes by whose file says `own`. */
  adapt(own: GatewayConfig): GatewayConfig {
    this.#used = this.#published;
    return this.#published === undefined ? own : withFollowed(own, this.#published);
  }

  /** Puts whatever comes in force. @param apply throws ConfigError for what cannot be used here. */
  applyBy(apply: () => void): void {
    this.#apply = apply;
    // Something may have come since the gateway was put together.
    if (this.#used !== this.#published) apply();
  }

  close(): Promise<void> {
    this.#stopWatching();
    this.#feed.end();
    return Promise.resolve();
  }

  async #takeKept(): Promise<void> {
    const { name, log, kept } = this.#options;
    try {
      const text = await kept?.read();
      // What has come meanwhile is newer.
      if (this.#published !== undefined) return;
      if (text !== undefined && this.#take(text)) {
        log.info("what the mesh published last is in force until it answers", { name });
      } else {
        log.warn("nothing that the mesh published is known here; until it answers, the file's own rules count", {
          name,
        });
      }
    } catch (error) {
      log.warn("what the mesh published last cannot be read; until it answers, the file counts", { name, error });
    }
  }

  async #offer(text: string): Promise<void> {
    if (text === this.#text || !this.#take(text)) return;
    const { name, log, kept } = this.#options;
    log.info("a configuration of the mesh is in force", { name });
    await kept?.write(text).catch((error: unknown) => {
      log.warn("what the mesh publishes cannot be kept; a start while the mesh is away goes by what was kept before", {
        name,
        error,
      });
    });
  }

  /** Whether it is in force now; if not, why is in the log. */
  #take(text: string): boolean {
    const { name, env, log } = this.#options;
    const before = this.#published;
    try {
      this.#published = parseConfig(text, { filename: `${name}.json`, env });
      this.#apply();
    } catch (error) {
      this.#published = before;
      if (!(error instanceof ConfigError)) throw error;
      // Once: it is tried again and again, for the file that it goes with may change.
      if (error.message !== this.#lastComplaint) log.error(UNUSABLE, { name, error });
      this.#lastComplaint = error.message;
      return false;
    }
    this.#text = text;
    this.#lastComplaint = undefined;
    return true;
  }
}
