import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { type GatewayConfig, type ParseOptions, parseConfig } from "../config.ts";
import { ConfigError } from "../config/config-error.ts";
import { readConfigText } from "./config-text.ts";

/** What reading a configuration needs besides the file. */
export type LoadOptions = Omit<ParseOptions, "filename">;

export interface WatchOptions extends LoadOptions {
  /** The configuration in force. Without it, what the file holds when watching begins. */
  readonly current?: GatewayConfig;
  /** Called with each new configuration; one that means the same is not new. Must not throw. */
  readonly onChange: (config: GatewayConfig) => void;
  /** Called when the file cannot be used; the configuration in force stays. Must not throw. */
  readonly onBroken: (error: ConfigError) => void;
  /** Ends the watching. */
  readonly signal: AbortSignal;
}

/** Editors write in several steps; the file is read when it has been quiet for this long. */
const QUIET_MS = 60;
/** A file that is missing or broken is looked at again after this long: it may be in the middle of being saved. */
const SECOND_LOOK_MS = 150;

/**
 * Reads a configuration file.
 * @throws ConfigError when the file cannot be read, or with every problem of its content.
 */
export async function loadConfig(path: string, options: LoadOptions): Promise<GatewayConfig> {
  return parseConfig(await readConfigText(path), { filename: path, ...options });
}

/**
 * Tells about each saved change of a configuration file. Resolves when watching has begun; goes on until `signal`.
 * @throws ConfigError when the file's folder cannot be watched.
 */
export async function watchConfig(path: string, options: WatchOptions): Promise<void> {
  const { current, onChange, onBroken, signal } = options;
  if (signal.aborted) return;
  let known = current === undefined ? undefined : meaningOf(current);
  let suspected: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let checks = Promise.resolve();

  const checkAfter = (ms: number): void => {
    clearTimeout(timer);
    // One after the other: a slow reading must not overtake a later one.
    timer = setTimeout(() => {
      checks = checks.then(check);
    }, ms);
  };
  const learn = async (): Promise<void> => {
    known = (await look(path, options)).meaning;
  };
  const check = async (): Promise<void> => {
    const seen = await look(path, options);
    if (signal.aborted) return;
    const isSuspected = suspected === seen.meaning;
    suspected = undefined;
    if (seen.meaning === known) return;
    if (seen.error !== undefined && !isSuspected) {
      suspected = seen.meaning;
      checkAfter(SECOND_LOOK_MS);
      return;
    }
    known = seen.meaning;
    if (seen.error === undefined) onChange(seen.config);
    else onBroken(seen.error);
  };

  const watcher = watchFolder(path, () => checkAfter(QUIET_MS));
  watcher.on("error", (cause) =>
    onBroken(ConfigError.ofFile(path, "cannot be watched any more; start again", { cause })),
  );
  const stop = (): void => {
    clearTimeout(timer);
    watcher.close();
  };
  signal.addEventListener("abort", stop, { once: true });
  if (known === undefined) {
    checks = learn();
    await checks;
  } else {
    // What was saved between loading and watching made no event.
    checkAfter(0);
  }
}

/** Watches the folder, not the file: many editors save by renaming a new file over the old one. */
function watchFolder(path: string, onEvent: () => void): FSWatcher {
  const file = basename(path);
  try {
    return watch(dirname(path), (_event, name) => {
      // Kubernetes swaps the link `..data`, through which a mounted file is reached.
      if (name === null || name === file || name === "..data") onEvent();
    });
  } catch (cause) {
    throw ConfigError.ofFile(path, "cannot be watched; look whether its folder exists and may be read", { cause });
  }
}

type Look =
  | { readonly meaning: string; readonly config: GatewayConfig; readonly error?: undefined }
  | { readonly meaning: string; readonly error: ConfigError };

async function look(path: string, options: LoadOptions): Promise<Look> {
  try {
    const config = await loadConfig(path, options);
    return { config, meaning: meaningOf(config) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { error, meaning: error.message };
  }
}

/** What a configuration says, whatever its comments and its layout. */
function meaningOf({ warnings: _, ...config }: GatewayConfig): string {
  return JSON.stringify(config);
}
