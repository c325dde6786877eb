import { dirname } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import type { GatewayConfig } from "../../gateway/config.ts";
import { FUNCTIONS_SERVICE } from "../../mesh/names.ts";
import { defineService } from "../../worker-service/service.ts";
import { HostedProjects, type HostingOptions, type OpenPart } from "../hosting/hosted-projects.ts";
import { openService } from "./open-service.ts";

/** Hosts the functions service for every project of a configuration. Its database may come later. */
export function hostFunctions(config: GatewayConfig, options: HostingOptions): HostedProjects {
  const part = {
    open: () => openPart(config, options),
    whileDown: "functions and events are not kept",
    whenBack: "functions and events are kept again",
  };
  return new HostedProjects(part, config, options);
}

async function openPart(
  config: GatewayConfig,
  { configFile, broker, serviceLog: log }: HostingOptions,
): Promise<OpenPart> {
  const service = await openService(config.functions, { folder: dirname(configFile), broker, log });
  return {
    close: () => service.close(),
    async openProject(project) {
      const functions = await service.openProject(project);
      const definition = defineService(FUNCTIONS_SERVICE, (request, context) => functions.fetch(request, context), {
        version: packageJson.version,
        description: "Keeps stored functions and events",
      });
      return { definition, endStreams: () => functions.endStreams(), close: () => functions.close() };
    },
  };
}
