import { dirname } from "node:path";
import type { GatewayConfig } from "../../gateway/config.ts";
import { HostedProjects, type OpenPart, type PartOptions } from "../hosting/hosted-projects.ts";
import { deployerService } from "./deployer-service.ts";
import { openDeployerOf } from "./open-deployer.ts";

/** Hosts a deployer for every project of a configuration. */
export function hostDeployer(config: GatewayConfig, options: PartOptions): HostedProjects {
  const part = {
    async open(): Promise<OpenPart> {
      const open = await openDeployerOf(config, { ...options, folder: dirname(options.configFile) });
      return {
        close: () => open.close(),
        async openProject(project) {
          const activator = await open.activate(project);
          return { definition: deployerService(project, open.deployer), close: () => activator.close() };
        },
      };
    },
    whileDown: "functions are not run",
    whenBack: "functions are run again",
  };
  return new HostedProjects(part, config, options);
}
