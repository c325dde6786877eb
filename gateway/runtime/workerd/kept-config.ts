import type { Log } from "../../../mesh/log.ts";
import { advice } from "../../advice.ts";
import { parseConfig } from "../../config.ts";
import { ConfigError } from "../../config/config-error.ts";
import type { ProjectPolicy } from "../../policy.ts";
import type { RecordRule } from "../../recording.ts";
import { createRecordSelector } from "../../recording/record-rules.ts";
import { type ConfigText, configTag, sourceName } from "./config-text.ts";
import type { ObjectState } from "./platform.ts";
import type { EdgeSettings } from "./settings.ts";

const KEY = "config";

/** What is kept: the mesh's last word, and which deployed configuration it came after. */
interface Kept {
  readonly text: string;
  readonly bundleTag: string;
}

type RecordSelectors = ReadonlyMap<string, ProjectPolicy["recordFor"]>;

/**
 * The configuration in force at the edge: what the mesh published last, if it is any good; until it has, what was deployed. It is
 * kept, so that an object that begins anew while the mesh is away goes on with the rules it had.
 */
export class KeptConfig {
  readonly #storage: ObjectState["storage"];
  readonly #settings: EdgeSettings;
  readonly #log: Log;
  #inForce: { readonly text: ConfigText; readonly recordFor: RecordSelectors } | undefined;
  #bundleTag = "";
  #refused: string | undefined;

  constructor(options: {
    readonly storage: ObjectState["storage"];
    readonly settings: EdgeSettings;
    readonly log: Log;
  }) {
    this.#storage = options.storage;
    this.#settings = options.settings;
    this.#log = options.log;
  }

  /** @throws ConfigError when not even the deployed configuration can be used. */
  async load(): Promise<void> {
    const bundled = { text: this.#settings.config, source: sourceName(this.#settings.config) };
    this.#bundleTag = await configTag(bundled);
    const kept = (await this.#storage.get(KEY)) as Kept | undefined;
    // A deployment after it is newer.
    const isKept = this.#settings.configName !== undefined && kept?.bundleTag === this.#bundleTag;
    if (isKept && this.#adopt({ text: kept.text, source: "mesh.json" })) return;
    this.#inForce = { text: bundled, recordFor: this.#compile(bundled) };
  }

  /** What is recorded of a function's calls. */
  recordRule(project: string, service: string, name: string): RecordRule | undefined {
    return this.#inForce?.recordFor.get(project)?.(service, name);
  }

  get text(): ConfigText | undefined {
    return this.#inForce?.text;
  }

  /** Takes over what the mesh publishes, unless it is no good here. */
  async offer(text: string): Promise<void> {
    if (text === this.#inForce?.text.text || text === this.#refused) return;
    if (!this.#adopt({ text, source: "mesh.json" })) return;
    await this.#storage.put(KEY, { text, bundleTag: this.#bundleTag } satisfies Kept);
    this.#log.info("a configuration of the mesh is in force", { name: this.#settings.configName });
  }

  /** Whether it is in force now; if not, why is in the log. */
  #adopt(text: ConfigText): boolean {
    try {
      this.#inForce = { text, recordFor: this.#compile(text) };
      this.#refused = undefined;
      return true;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.#log.error("the mesh publishes a configuration that cannot be used here; the last one stays", { error });
      this.#refused = text.text;
      return false;
    }
  }

  #compile({ text, source }: ConfigText): RecordSelectors {
    const config = parseConfig(text, { filename: source, env: this.#settings.env });
    for (const line of advice(config, source, { hasDatabases: false, hasGrpc: false })) this.#log.warn(line);
    return new Map(config.projects.map(({ id, services }) => [id, createRecordSelector(services)]));
  }
}
