import type { GatewayConfig, ProjectConfig } from "../../gateway/config.ts";
import { ConfigError } from "../../gateway/config/config-error.ts";
import type { givenDeps } from "../../gateway/rules/given.ts";
import { loadConfig } from "../../gateway/runtime/config-file.ts";
import { Failure } from "../failure.ts";
import { findConfig } from "../find-config.ts";

/** Exit code for wrong usage and for configurations that cannot be read. */
export const USAGE = 2;

/**
 * Loads a configuration named on the command line.
 * @throws Failure with exit code 2.
 */
export async function loadForRules(path: string): Promise<GatewayConfig> {
  try {
    return await loadConfig(findConfig(path), { env: process.env });
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof Failure)) throw error;
    throw new Failure(error.message, { exitCode: USAGE, cause: error });
  }
}

/**
 * The project meant: the one named, or the only one.
 * @throws Failure with exit code 2.
 */
export function chooseProject({ projects }: GatewayConfig, id: string | undefined): ProjectConfig {
  const project = id === undefined && projects.length === 1 ? projects[0] : projects.find((one) => one.id === id);
  if (project !== undefined) return project;
  const ids = projects.map((one) => one.id).join(", ");
  throw new Failure(`which project? --project takes one of: ${ids}`, { exitCode: USAGE });
}

/** What rules may refer to in a configuration. */
export function rulesSetup({ databases, webhooks }: GatewayConfig): Parameters<typeof givenDeps>[1] {
  return { databases: Object.keys(databases), allowHosts: webhooks.allowHosts, now: Date.now };
}
