import { Command } from "commander";
import { startGateway } from "../../gateway/runtime/bun.ts";
import { loadConfig } from "../../gateway/runtime/config-file.ts";
import { followConfig } from "../../gateway/runtime/follow-config.ts";
import { natsBroker } from "../../mesh/broker/nats-bun.ts";
import { CloseStack } from "../../mesh/lifecycle.ts";
import { jsonLog } from "../../mesh/log.ts";
import { GATEWAY_RESOURCE, startTracing } from "../../mesh/tracing/start.ts";
import { existingBroker } from "../existing-broker.ts";
import { Failure } from "../failure.ts";
import { findConfig } from "../find-config.ts";
import { stopRequested } from "../stop-requested.ts";

/** `fmesh gateway`: a gateway of its own, in front of a broker that runs elsewhere. */
export function gatewayCommand(): Command {
  return new Command("gateway")
    .summary("run a gateway for an existing broker")
    .description("Runs the gateway alone. It listens at once and is ready (/readyz) once the broker can be reached.")
    .argument("[path]", "configuration file, or a folder that holds fmesh.yaml", ".")
    .addHelpText(
      "after",
      `
Example:
  NATS_URL=nats://broker:4222 fmesh gateway /etc/fmesh.yaml

Exit codes: 0 stopped as asked; 1 it could not start; 2 wrong usage.`,
    )
    .action(runGateway);
}

async function runGateway(path: string): Promise<void> {
  const configFile = findConfig(path);
  const { env } = process;
  const config = await loadConfig(configFile, { env });
  const log = jsonLog((line) => process.stdout.write(`${line}\n`));
  const url = existingBroker(config.broker, env);
  if (url === undefined) throw new Failure("which broker? set NATS_URL, or broker.url in the configuration");

  const stack = new CloseStack();
  const stop = stopRequested();
  const { tracing } = stack.use(await startTracing({ resource: GATEWAY_RESOURCE, env, log }));
  const broker = stack.use(natsBroker({ url, name: "gateway", log }));
  broker.connect().catch((error: unknown) => log.error("the broker's connection was given up", { error }));
  const gateway = stack.use(startGateway(config, { configFile, broker, log, tracing }));
  stack.use(await followConfig(gateway, { configFile, current: config, env, log }));
  log.info("gateway is up", { url: gateway.url });
  log.info("draining", { signal: await stop });
  await stack.close();
  // A collector that is away would hold the process for as long as its exporter tries again.
  process.exit();
}
