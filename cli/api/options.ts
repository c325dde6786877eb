import type { Command } from "commander";
import { parseGatewayUrl } from "../arguments.ts";
import type { GatewayOptions } from "../gateway-access.ts";

/** Options that all commands over the functions API have. */
export interface ApiOptions extends GatewayOptions {
  readonly json?: true;
}

/** Adds the options by which a command over the functions API finds the gateway and says who asks. */
export function withGatewayOptions(command: Command): Command {
  return command
    .option("--config <path>", "configuration file, or a folder that holds fmesh.yaml", ".")
    .option("--project <id>", "project; may be left out when there is only one")
    .option("--claims <json>", "claims of the token", '{"id":"developer","role":"admin"}')
    .option("--url <url>", "the gateway; default: that of the mesh running for the configuration", parseGatewayUrl);
}

/** As {@link withGatewayOptions}, for those that print what the API gives. */
export function withApiOptions(command: Command): Command {
  return withGatewayOptions(command).option("--json", "print JSON, as the API gives it");
}
