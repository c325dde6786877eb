import { Command } from "commander";
import { followConfig } from "../../gateway/runtime/follow-config.ts";
import { hostBuilder } from "../builder/hosted-builder.ts";
import { runOnBroker } from "../run-on-broker.ts";

/** What traces call this process. */
const RESOURCE = { "service.name": "functions-mesh-builder" };

/** `fmesh builder`: a builder of its own, on a broker that runs elsewhere. */
export function builderCommand(): Command {
  return new Command("builder")
    .summary("run a builder for an existing broker")
    .description(
      "Makes images of the functions of every project of a configuration, as `fmesh up` does.\n" +
        "Several of these share the work: they need one registry and one signing key.",
    )
    .argument("[path]", "configuration file, or a folder that holds fmesh.yaml", ".")
    .addHelpText(
      "after",
      `
Example:
  NATS_URL=nats://broker:4222 fmesh builder /etc/fmesh.yaml

Exit codes: 0 stopped as asked; 1 it could not start; 2 wrong usage.`,
    )
    .action(runBuilder);
}

function runBuilder(path: string): Promise<void> {
  return runOnBroker(path, { name: "builder", resource: RESOURCE }, async (given) => {
    const { config, configFile, env, connected, broker, stack, log, ...rest } = given;
    await connected;
    if (broker.status !== "connected") return;
    const builder = stack.use(hostBuilder(config, { ...rest, configFile, env, broker, log, serviceLog: log }));
    const target = { replaceConfig: (changed: typeof config) => builder.follow(changed) };
    stack.use(await followConfig(target, { configFile, current: config, env, log }));
  });
}
