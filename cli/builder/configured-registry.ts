import { dirname, join } from "node:path";
import type { Registry } from "../../builder/registry.ts";
import type { BuilderConfig } from "../../gateway/config.ts";
import { loadConfig } from "../../gateway/runtime/config-file.ts";
import { silentLog } from "../../mesh/log.ts";
import { Failure } from "../failure.ts";
import { findConfig } from "../find-config.ts";
import { openRegistryOf } from "./open-builder.ts";

/** What a configuration says of builders, with its registry open. */
export interface ConfiguredRegistry {
  readonly registry: Registry;
  readonly config: BuilderConfig;
  /** What the configuration's paths start from. */
  readonly folder: string;
}

/**
 * Does something with the registry of a configuration, without any mesh.
 * @param configPath a configuration, or a folder that holds one
 * @throws Failure when the registry cannot be used
 */
export async function withConfiguredRegistry<T>(
  configPath: string,
  work: (opened: ConfiguredRegistry) => Promise<T>,
): Promise<T> {
  const configFile = findConfig(configPath);
  const { builder: config } = await loadConfig(configFile, { env: process.env });
  const folder = dirname(configFile);
  const registry = await open(config, folder);
  try {
    return await work({ registry, config, folder });
  } finally {
    await registry.close();
  }
}

/** Where a builder keeps the layers of bases between builds. */
export function baseCache(folder: string): string {
  return join(folder, ".fmesh/builder/bases");
}

async function open(config: BuilderConfig, folder: string): Promise<Registry> {
  try {
    return await openRegistryOf(config, { folder, env: process.env, log: silentLog });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Failure(`builder.registry cannot be used: ${reason}`, { cause });
  }
}
