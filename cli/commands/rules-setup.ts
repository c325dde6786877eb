import type { GatewayConfig, ProjectConfig } from "../../gateway/config.ts";
import { ConfigError } from "../../gateway/config/config-error.ts";
import { databasesOf } from "../../gateway/project-databases.ts";
import type { givenDeps } from "../../gateway/rules/given.ts";
import { loadConfig } from "../../gateway/runtime/config-file.ts";
import { Failure, USAGE } from "../failure.ts";
import { findConfigAbove } from "../find-config.ts";

/**
 * Loads a configuration named on the command line.
 * @throws Failure with exit code 2.
 */
export async function loadForRules(path: string): Promise<GatewayConfig> {
  try {
    return await loadConfig(findConfigAbove(path), { env: process.env });
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof Failure)) throw error;
    throw new Failure(error.message, { exitCode: USAGE, cause: error });
  }
}

/** What rules of a project may refer to in a configuration. */
export function rulesSetup(
  { databases, webhooks }: GatewayConfig,
  { id }: ProjectConfig,
): Parameters<typeof givenDeps>[1] {
  return { databases: databasesOf(id, databases), allowHosts: webhooks.allowHosts, now: Date.now };
}
