import type { GatewayConfig } from "../../gateway/config.ts";
import type { CloseStack } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import { hostBuilder } from "../builder/hosted-builder.ts";
import { hostDeployer } from "../deployer/hosted-deployer.ts";
import { hostFunctions } from "../functions/hosted-functions.ts";
import type { HostedProjects, PartOptions } from "./hosted-projects.ts";

interface StartOptions extends Omit<PartOptions, "serviceLog"> {
  readonly stack: CloseStack;
}

/** Hosts what a configuration wants to be a part of the mesh: builder and deployer, and the functions service that calls them. */
export function startParts(config: GatewayConfig, { stack, ...options }: StartOptions): readonly HostedProjects[] {
  const given = { ...options, serviceLog: onlyProblems(options.log) };
  const parts: HostedProjects[] = [];
  if (config.builder.enabled) parts.push(stack.use(hostBuilder(config, given)));
  if (config.deployer.enabled) parts.push(stack.use(hostDeployer(config, given)));
  if (config.functions.enabled) parts.push(stack.use(hostFunctions(config, given)));
  return parts;
}

/** What is a part of everything need not say that it is up. */
function onlyProblems(log: Log): Log {
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (message, fields) => log.warn(message, fields),
    error: (message, fields) => log.error(message, fields),
    with: (fields) => onlyProblems(log.with(fields)),
  };
}
