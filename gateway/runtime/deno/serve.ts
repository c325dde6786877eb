import type { Broker } from "../../../mesh/broker.ts";
import type { Log } from "../../../mesh/log.ts";
import type { GatewayConfig } from "../../config.ts";
import { assembleGateway } from "../assemble.ts";
import type { RunningGateway } from "../bun.ts";
import type { DenoPlatform, DenoServer } from "./platform.ts";

const DRAIN_MS = 10_000;

/**
 * Serves the gateway on Deno. It has no databases to ask and no folder for records there.
 *
 * @throws ConfigError for keys that cannot be used, and what `Deno.serve` throws when the address is taken.
 */
export function serveOnDeno(
  config: GatewayConfig,
  options: {
    readonly deno: Pick<DenoPlatform, "serve">;
    readonly configFile: string;
    readonly broker: Broker;
    readonly log: Log;
  },
): RunningGateway {
  const { deno, configFile, broker, log } = options;
  if (config.gateway.records.folder !== undefined) {
    log.warn("gateway.records.folder is not used on Deno; what is recorded is sent before the call instead");
  }
  const gateway = assembleGateway(config, { configFile, broker, log });
  const { host: hostname, port } = config.gateway;
  const cut = new AbortController();
  const server = deno.serve({ hostname, port, signal: cut.signal, onListen: () => undefined }, (request) =>
    gateway.fetch(request),
  );
  const { addr } = server;
  const shown = addr.hostname.includes(":") ? `[${addr.hostname}]` : addr.hostname;
  let closing: Promise<void> | undefined;
  return {
    url: `http://${shown}:${addr.port}`,
    replaceConfig: (next) => gateway.replaceConfig(next),
    close: () => (closing ??= drain(server, { cut, log }).then(() => gateway.close())),
  };
}

async function drain(server: DenoServer, { cut, log }: { cut: AbortController; log: Log }): Promise<void> {
  const timer = setTimeout(() => {
    log.warn("calls are cut off");
    cut.abort();
  }, DRAIN_MS);
  await Promise.race([server.shutdown(), server.finished]);
  clearTimeout(timer);
}
