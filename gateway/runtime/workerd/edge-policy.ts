import { waitUntil } from "cloudflare:workers";
import type { Log } from "../../../mesh/log.ts";
import { buildPolicy } from "../../build-policy.ts";
import { parseConfig } from "../../config.ts";
import { ConfigError } from "../../config/config-error.ts";
import { LivePolicy, type Policy } from "../../policy.ts";
import { type ConfigText, sourceName } from "./config-text.ts";
import { OBJECT_PATHS, type ObjectLink } from "./object-link.ts";
import type { RequestContext } from "./platform.ts";
import type { EdgeSettings } from "./settings.ts";

/** How old a Worker's configuration may be before it asks the object for another, in milliseconds. */
const FRESH_MS = 2000;
/** How long the first request waits for that. */
const FIRST_MS = 3000;

/** The policy of a Worker: of the deployed configuration, until the object has told of the one in force. */
export class EdgePolicy {
  readonly live: LivePolicy;
  readonly #settings: EdgeSettings;
  readonly #link: ObjectLink;
  readonly #log: Log;
  #text: string;
  #askedAt: number | undefined;

  /** @throws ConfigError when the deployed configuration cannot be used. */
  constructor(options: { readonly settings: EdgeSettings; readonly link: ObjectLink; readonly log: Log }) {
    const { settings, link, log } = options;
    this.#settings = settings;
    this.#link = link;
    this.#log = log;
    this.#text = settings.config;
    this.live = new LivePolicy(this.#compile({ text: settings.config, source: sourceName(settings.config) }));
  }

  /**
   * Sees to it that the policy is not old. The first request of all waits for that, because what was deployed may be long out of date;
   * any later one goes on with what is there.
   */
  freshen(context: RequestContext): Promise<void> | undefined {
    if (this.#settings.configName === undefined) return undefined;
    const now = Date.now();
    if (this.#askedAt !== undefined && now - this.#askedAt < FRESH_MS) return undefined;
    const isFirst = this.#askedAt === undefined;
    // Promises are not shared among requests here: the first few ask each for itself.
    const asked = this.#ask();
    if (!isFirst) {
      this.#askedAt = now;
      context.waitUntil(asked);
      return undefined;
    }
    return asked;
  }

  async #ask(): Promise<void> {
    try {
      const response = await this.#link.ask(OBJECT_PATHS.config, AbortSignal.timeout(FIRST_MS));
      const current = (await response.json()) as ConfigText;
      if (current.text === this.#text) return;
      // One that is no good would be none the next time, too.
      this.#text = current.text;
      this.live.replace(this.#compile(current));
    } catch (error) {
      if (error instanceof ConfigError) {
        this.#log.error("the configuration in force cannot be used here; the last one stays", { error });
      } else {
        this.#log.warn("the configuration in force could not be asked for; the last one stays", { error });
      }
    } finally {
      this.#askedAt = Date.now();
    }
  }

  #compile({ text, source }: ConfigText): Policy {
    const config = parseConfig(text, { filename: source, env: this.#settings.env });
    try {
      return buildPolicy(config, {
        link: this.#link,
        queries: undefined,
        fetch: (url, init) => fetch(url, init),
        now: Date.now,
        log: this.#log,
        waitUntil,
      });
    } catch (cause) {
      throw ConfigError.ofFile(source, cause instanceof Error ? cause.message : String(cause), { cause });
    }
  }
}
