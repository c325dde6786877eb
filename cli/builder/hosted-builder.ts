import { dirname } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import type { Builder } from "../../builder/runtime/bun.ts";
import type { GatewayConfig } from "../../gateway/config.ts";
import { BUILD_FUNCTION, buildDefinitionSchema } from "../../mesh/build.ts";
import { MeshError } from "../../mesh/errors.ts";
import { BUILDER_SERVICE } from "../../mesh/names.ts";
import { fn } from "../../worker-service/function.ts";
import { type ServiceDefinition, defineService } from "../../worker-service/service.ts";
import { HostedProjects, type HostingOptions, type OpenPart, type PartOptions } from "../hosting/hosted-projects.ts";
import { openBuilderOf } from "./open-builder.ts";

/** Hosts a builder for every project of a configuration. */
export function hostBuilder(config: GatewayConfig, options: HostingOptions & Pick<PartOptions, "env">): HostedProjects {
  const { configFile, env, log } = options;
  const part = {
    async open(): Promise<OpenPart> {
      const builder = await openBuilderOf(config.builder, { folder: dirname(configFile), env, log });
      return {
        close: () => builder.close(),
        openProject: async (project) => ({
          definition: builderService(project, builder),
          close: async () => undefined,
        }),
      };
    },
    whileDown: "functions cannot be built",
    whenBack: "functions can be built again",
  };
  return new HostedProjects(part, config, options);
}

/** The builder as a service: whoever calls it on the broker may have anything of its own project built, and no other's. */
function builderService(project: string, builder: Builder): ServiceDefinition {
  const input = buildDefinitionSchema;
  const description = "Builds the image of a function, and tells how it goes";
  const buildFunction = fn({ input, description }, (definition, { signal, callId, log }) => {
    if (definition.project !== project) {
      const text = `this builder builds for "${project}", not for "${definition.project}"; call that project's`;
      throw new MeshError("invalid_request", text);
    }
    return builder.tell(definition, { signal, callId, log });
  });
  return defineService(
    BUILDER_SERVICE,
    { [BUILD_FUNCTION]: buildFunction },
    { version: packageJson.version, description: "Makes images of functions" },
  );
}
