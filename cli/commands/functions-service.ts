import { Command } from "commander";
import { loadConfig } from "../../gateway/runtime/config-file.ts";
import { followConfig } from "../../gateway/runtime/follow-config.ts";
import { natsBroker } from "../../mesh/broker/nats-bun.ts";
import { CloseStack } from "../../mesh/lifecycle.ts";
import { jsonLog } from "../../mesh/log.ts";
import { startTracing } from "../../mesh/tracing/start.ts";
import { existingBroker } from "../existing-broker.ts";
import { Failure } from "../failure.ts";
import { findConfig } from "../find-config.ts";
import { HostedFunctions } from "../functions/hosted-functions.ts";
import { stopRequested } from "../stop-requested.ts";

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

async function runFunctionsService(path: string): Promise<void> {
  const configFile = findConfig(path);
  const { env } = process;
  const config = await loadConfig(configFile, { env });
  const log = jsonLog((line) => process.stdout.write(`${line}\n`));
  const url = existingBroker(config.broker, env);
  if (url === undefined) throw new Failure("which broker? set NATS_URL, or broker.url in the configuration");

  const stack = new CloseStack();
  const stop = stopRequested();
  const { tracing } = stack.use(await startTracing({ resource: RESOURCE, env, log }));
  const broker = stack.use(natsBroker({ url, name: "functions", log }));
  const connected = broker.connect().catch((error: unknown) => log.error("the broker was given up", { error }));
  await Promise.race([connected, stop]);
  if (broker.status === "connected") {
    const functions = stack.use(new HostedFunctions(config, { configFile, broker, log, serviceLog: log, tracing }));
    const target = { replaceConfig: (changed: typeof config) => functions.follow(changed) };
    stack.use(await followConfig(target, { configFile, current: config, env, log }));
  }
  log.info("draining", { signal: await stop });
  await stack.close();
  // A collector that is away would hold the process for as long as its exporter tries again.
  process.exit();
}
