import { Command } from "commander";
import { followConfig } from "../../gateway/runtime/follow-config.ts";
import { hostFunctions } from "../functions/hosted-functions.ts";
import { runOnBroker } from "../run-on-broker.ts";

/** What traces call this process. */
const RESOURCE = { "service.name": "functions-mesh-functions" };

/** `fmesh functions-service`: the functions service of its own, on a broker that runs elsewhere. */
export function functionsServiceCommand(): Command {
  return new Command("functions-service")
    .summary("run the functions service for an existing broker")
    .description(
      "Keeps the stored functions and the events of every project of a configuration, as `fmesh up` does.\n" +
        "Several of these need one PostgreSQL: each with a SQLite file of its own would keep a part.",
    )
    .argument("[path]", "configuration file, or a folder that holds fmesh.yaml", ".")
    .addHelpText(
      "after",
      `
Example:
  NATS_URL=nats://broker:4222 fmesh functions-service /etc/fmesh.yaml

Exit codes: 0 stopped as asked; 1 it could not start; 2 wrong usage.`,
    )
    .action(runFunctionsService);
}

function runFunctionsService(path: string): Promise<void> {
  return runOnBroker(path, { name: "functions", resource: RESOURCE }, async (given) => {
    const { config, configFile, env, broker, connected, stack, log, tracing } = given;
    await connected;
    if (broker.status !== "connected") return;
    const functions = stack.use(hostFunctions(config, { configFile, broker, log, serviceLog: log, tracing }));
    const target = { replaceConfig: (changed: typeof config) => functions.follow(changed) };
    stack.use(await followConfig(target, { configFile, current: config, env, log }));
  });
}
