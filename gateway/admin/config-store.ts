/** Where the text of the configuration is kept. The gateway that saves a text has it in force before it is kept. */
export interface ConfigStore {
  /** How findings name it. */
  readonly file: string;
  /** @throws ConfigError when it cannot be read. */
  read(): Promise<StoredConfig>;
  /**
   * Keeps another text instead of the one that `etag` is of.
   *
   * @param options.putInForce is called when `etag` was right, before anything is changed; when it throws, nothing is.
   *   Returns what takes it back, for when the text cannot be kept.
   * @throws MeshError `invalid_request`, status 412, when somebody else has changed the text since; and what `putInForce` throws.
   */
  save(text: string, options: SaveOptions): Promise<StoredConfig>;
  /** The texts that were saved, newest first. */
  history(): Promise<readonly SavedConfig[]>;
  /** A text of the history; `undefined` when there is none by this id. */
  saved(id: string): Promise<(SavedConfig & { readonly text: string }) | undefined>;
}

export interface SaveOptions {
  readonly etag: string;
  /** Who saves it, for the history. */
  readonly by: string;
  readonly putInForce: (text: string) => () => void;
}

/** The text as it is kept, secrets and all. */
export interface StoredConfig {
  readonly text: string;
  /** Its hash, under a key that nobody else has: who may see the text without its secrets must not be able to guess them. */
  readonly etag: string;
}

/** One entry of the history. */
export interface SavedConfig {
  readonly id: string;
  /** RFC 3339. */
  readonly at: string;
  readonly by: string;
  /** Whether it is the text that is kept now. */
  readonly isCurrent: boolean;
  readonly bytes: number;
}
