import type { GatewayConfig } from "../../gateway/config.ts";
import type { CloseStack } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import { HostedFunctions, type HostedFunctionsOptions } from "./hosted-functions.ts";

/** Hosts the functions service as a part of a mesh, unless the configuration says not to. */
export function startFunctions(
  config: GatewayConfig,
  { stack, ...options }: Omit<HostedFunctionsOptions, "serviceLog"> & { readonly stack: CloseStack },
): HostedFunctions | undefined {
  if (!config.functions.enabled) return undefined;
  return stack.use(new HostedFunctions(config, { ...options, serviceLog: onlyProblems(options.log) }));
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
