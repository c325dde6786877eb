import { MeshError } from "../../mesh/errors.ts";
import { type GatewayConfig, parseConfig } from "../config.ts";
import type { ConfigFinding } from "../config/config-error.ts";
import { ConfigError } from "../config/config-error.ts";
import { convertConfig } from "../config/convert-config.ts";
import { type ProjectChange, editProject } from "../config/edit/edit-project.ts";
import type { Environment } from "../config/environment.ts";
import { readOwnValue } from "../config/own-value.ts";
import { SecretMarkers } from "../config/secrets/hide-secrets.ts";
import type { ConfigStore, SavedConfig, StoredConfig } from "./config-store.ts";

/** What seeing and changing the configuration needs. */
export interface ConfigurationParts {
  /** Where it is kept; without it, it can be seen but not changed. */
  readonly store: ConfigStore | undefined;
  readonly env: Environment;
  /** What the gateway has in force. */
  readonly inForce: () => GatewayConfig;
  /** What the gateway gets instead of what the file says. */
  readonly adapt: (config: GatewayConfig) => GatewayConfig;
  /** Puts one together without using it. @throws ConfigError */
  readonly tryOut: (config: GatewayConfig) => void;
  /** Puts one in force. @throws ConfigError; then the one before stays. */
  readonly apply: (config: GatewayConfig) => void;
  readonly advise: (config: GatewayConfig, file: string) => readonly string[];
}

/** What people see of the configuration: without its secrets. */
export interface ShownConfig extends StoredConfig {
  readonly file: string;
  readonly dialect: "own" | "space-cloud";
}

/** What came of a text that was looked at or saved. */
export interface Remarks {
  readonly warnings: readonly ConfigFinding[];
  readonly advice: readonly string[];
}

/** What somebody bases a change on, and who that is. */
export interface ChangeBy {
  readonly etag: string;
  readonly by: string;
}

/** The configuration as administrators see it and change it. */
export class Configuration {
  readonly #parts: ConfigurationParts;
  readonly #markers = new SecretMarkers();

  constructor(parts: ConfigurationParts) {
    this.#parts = parts;
  }

  get inForce(): GatewayConfig {
    return this.#parts.inForce();
  }

  get canSave(): boolean {
    return this.#parts.store !== undefined;
  }

  /** What to know of the one in force. */
  advice(config: GatewayConfig): readonly string[] {
    return this.#parts.advise(config, this.#parts.store?.file ?? "the configuration");
  }

  /** @throws ConfigError when the text cannot be read, and then not shown. */
  async read(): Promise<ShownConfig> {
    const { file, stored } = await this.#read();
    const { dialect } = readOwnValue(stored.text, file);
    return { text: await this.#markers.hide(stored.text, file), etag: stored.etag, file, dialect };
  }

  /** The text as it is written, secrets and all: for what is shown without them in another way. */
  async written(): Promise<StoredConfig & { readonly file: string }> {
    const { file, stored } = await this.#read();
    return { ...stored, file };
  }

  /** The tag of the text that is kept; `undefined` where none is. */
  async etag(): Promise<string | undefined> {
    return this.canSave ? (await this.#read()).stored.etag : undefined;
  }

  markerOf(secret: string): Promise<string> {
    return this.#markers.markerOf(secret);
  }

  /** Finds what is wrong with a text, and what to know of it; saves nothing. @throws ConfigError */
  async check(text: string): Promise<Remarks> {
    const { store } = this.#parts;
    const file = store?.file ?? "fmesh.yaml";
    const whole = store === undefined ? text : await this.#whole(text, (await store.read()).text);
    const config = this.#parse(whole, file);
    this.#parts.tryOut(this.#parts.adapt(config));
    return this.#remarks(config, file);
  }

  /** Saves a text, in which markers stand for secrets, once it is in force. @throws ConfigError, MeshError */
  async save(text: string, change: ChangeBy): Promise<StoredConfig & Remarks> {
    const store = this.#store();
    return this.#keep(await this.#whole(text, (await store.read()).text), change);
  }

  /** Changes one project, and nothing else of the text. @throws ConfigError, MeshError */
  async changeProject(id: string, projectChange: ProjectChange, change: ChangeBy): Promise<StoredConfig & Remarks> {
    const { edited } = await this.#edited(id, projectChange);
    return this.#keep(edited, change);
  }

  /** What {@link changeProject} would make of the text, without its secrets; saves nothing. @throws ConfigError */
  async tryProject(id: string, projectChange: ProjectChange): Promise<Remarks & { before: string; after: string }> {
    const { file, text, edited } = await this.#edited(id, projectChange);
    const config = this.#parse(edited, file);
    this.#parts.tryOut(this.#parts.adapt(config));
    const [before, after] = await Promise.all([this.#markers.hide(text, file), this.#markers.hide(edited, file)]);
    return { ...this.#remarks(config, file), before, after };
  }

  async history(): Promise<readonly SavedConfig[]> {
    return await this.#store().history();
  }

  /** A text of the history, without its secrets. @throws MeshError, status 404 */
  async saved(id: string): Promise<SavedConfig & { readonly text: string }> {
    const saved = await this.#saved(id);
    return { ...saved, text: await this.#markers.hide(saved.text, this.#store().file) };
  }

  /** Saves a text of the history again, with the secrets that it had. @throws ConfigError, MeshError */
  async restore(id: string, change: ChangeBy): Promise<StoredConfig & Remarks> {
    return this.#keep((await this.#saved(id)).text, change);
  }

  /** The text with one project changed. In what somebody sends for one project, markers of its own secrets alone count. */
  async #edited(id: string, change: ProjectChange): Promise<{ file: string; text: string; edited: string }> {
    const { file, stored } = await this.#read();
    const { text } = stored;
    const before = convertConfig(text, file).text;
    const index = readOwnValue(before, file).projects.findIndex((project) => project["id"] === id);
    const edited = editProject(text, file, id, change);
    const within = ["projects", index];
    return { file, text, edited: await this.#markers.restore(edited, { before, filename: file, within }) };
  }

  async #keep(text: string, change: ChangeBy): Promise<StoredConfig & Remarks> {
    const store = this.#store();
    const config = this.#parse(text, store.file);
    const saved = await store.save(text, {
      ...change,
      putInForce: () => {
        const before = this.inForce;
        const next = this.#parts.adapt(config);
        this.#parts.tryOut(next);
        this.#parts.apply(next);
        return () => this.#parts.apply(before);
      },
    });
    return { ...saved, ...this.#remarks(config, store.file) };
  }

  async #saved(id: string): Promise<SavedConfig & { readonly text: string }> {
    const saved = await this.#store().saved(id);
    if (saved === undefined) {
      throw new MeshError("invalid_request", "the history holds no such text; list it again", { status: 404 });
    }
    return saved;
  }

  async #read(): Promise<{ file: string; stored: StoredConfig }> {
    const store = this.#store();
    return { file: store.file, stored: await store.read() };
  }

  #whole(text: string, before: string): Promise<string> {
    return this.#markers.restore(text, { before, filename: this.#store().file });
  }

  #parse(text: string, filename: string): GatewayConfig {
    return parseConfig(text, { filename, env: this.#parts.env });
  }

  #remarks(config: GatewayConfig, file: string): Remarks {
    const advice = this.#parts.advise({ ...this.#parts.adapt(config), warnings: [] }, file);
    return { warnings: config.warnings, advice };
  }

  #store(): ConfigStore {
    const { store } = this.#parts;
    if (store !== undefined) return store;
    const { follow } = this.inForce.gateway;
    const message =
      follow === undefined
        ? "this gateway keeps no configuration file; change it where the file is"
        : `this gateway follows the configuration that the mesh publishes as "${follow}"; change it at the gateway that publishes it`;
    throw new MeshError("invalid_request", message, { status: 501 });
  }
}

/** What keeps a configuration from being used. @throws whatever else `error` is. */
export function findingsOf(error: unknown): readonly ConfigFinding[] {
  if (error instanceof ConfigError) return error.problems;
  throw error;
}
