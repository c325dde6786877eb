import type { Deployer } from "../../builder/deployer.ts";
import type { GatewayConfig } from "../../gateway/config.ts";
import type { Closable } from "../../mesh/lifecycle.ts";
import type { PartOptions } from "../hosting/hosted-projects.ts";

/** A deployer, and what brings calls to its functions. */
export interface OpenDeployer extends Closable {
  readonly deployer: Deployer;
  /** Takes calls of a project that nobody serves at the moment. */
  activate(project: string): Closable;
}

/**
 * Opens the deployer that a configuration wants.
 * @throws Error naming what cannot be used.
 */
export async function openDeployerOf(
  config: GatewayConfig,
  options: PartOptions & { readonly folder: string },
): Promise<OpenDeployer> {
  throw new Error(`there is no home "${config.deployer.home}" for "${options.folder}"`);
}
