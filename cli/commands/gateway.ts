import { Command } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { fileAdministration } from "../../gateway/runtime/file-administration.ts";
import { keptText } from "../../gateway/runtime/kept-text.ts";
import { serveLive } from "../../gateway/runtime/serve-live.ts";
import { GATEWAY_RESOURCE } from "../../mesh/tracing/start.ts";
import { consoleFiles } from "../console/console-files.ts";
import { serveGateway } from "../hosting/serve-gateway.ts";
import { runOnBroker } from "../run-on-broker.ts";

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

function runGateway(path: string): Promise<void> {
  return runOnBroker(path, { name: "gateway", resource: GATEWAY_RESOURCE }, async (given) => {
    const { config, configFile, env, broker, connected, stack, log, tracing } = given;
    const admin = fileAdministration(config, { version: packageJson.version, configFile, env, log });
    const files = consoleFiles(log, stack);
    const gateway = await serveLive(config, {
      ...{ configFile, env, broker, connected, log, stack },
      kept: (name) => keptText(configFile, name),
      serve: (from) => serveGateway(from, { configFile, broker, log, tracing, consoleFiles: files, admin }),
    });
    const { url, grpcAddress } = gateway;
    log.info("gateway is up", { url, ...(grpcAddress !== undefined && { grpcAddress }) });
  });
}
