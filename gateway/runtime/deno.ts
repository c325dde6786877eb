import { accessOfProcess } from "../../mesh/broker/access-of-process.ts";
import { natsBrokerOnDeno } from "../../mesh/broker/nats-deno.ts";
import { CloseStack } from "../../mesh/lifecycle.ts";
import { jsonLog } from "../../mesh/log.ts";
import type { GatewayConfig } from "../config.ts";
import { ConfigError } from "../config/config-error.ts";
import type { RunningGateway } from "./bun.ts";
import { loadConfig } from "./config-file.ts";
import { allowedEnvironment } from "./deno/environment.ts";
import type { DenoPlatform } from "./deno/platform.ts";
import { serveOnDeno } from "./deno/serve.ts";
import { existingBroker } from "./existing-broker.ts";
import { serveLive } from "./serve-live.ts";

declare const Deno: DenoPlatform;

/** The entry for Deno; docs/edge.md lists what it has to be allowed. */
if (import.meta.main) {
  try {
    await runOnDeno(Deno);
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof TypeError)) throw error;
    // oxlint-disable-next-line no-console -- for the operator, before there is anything to log about
    console.error(`fmesh: ${error.message}`);
    Deno.exit(1);
  }
}

/** Listens at once, and is ready when the broker can be reached; drains on SIGTERM. */
async function runOnDeno(deno: DenoPlatform): Promise<void> {
  const [configFile = "fmesh.yaml"] = deno.args;
  const env = allowedEnvironment(deno);
  const config = await loadConfig(configFile, { env });
  const url = existingBroker(config.broker, env);
  if (url === undefined) throw new TypeError("which broker? set NATS_URL, or broker.url in the configuration");
  // oxlint-disable-next-line no-console -- Deno's standard output
  const log = jsonLog((line) => console.log(line));

  const access = accessOfProcess(env);
  const stack = new CloseStack();
  const broker = stack.use(natsBrokerOnDeno({ url, name: "gateway", log, ...access }));
  // It tries for ever: all that ends it is the end of this process, which is no news.
  broker.connect().catch(() => undefined);
  const serve = (from: GatewayConfig): RunningGateway => serveOnDeno(from, { deno, configFile, broker, log });
  const gateway = await serveLive(config, { configFile, env, broker, log, stack, serve });
  log.info("gateway is up", { url: gateway.url });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    deno.addSignalListener(signal, () => {
      log.info("draining", { signal });
      void stack.close().finally(() => deno.exit());
    });
  }
}
