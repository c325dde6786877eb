import type { GatewayConfig } from "../gateway/config.ts";
import { loadConfig } from "../gateway/runtime/config-file.ts";
import { existingBroker } from "../gateway/runtime/existing-broker.ts";
import type { Broker } from "../mesh/broker.ts";
import { natsBroker } from "../mesh/broker/nats-bun.ts";
import { CloseStack } from "../mesh/lifecycle.ts";
import { type Log, jsonLog } from "../mesh/log.ts";
import { startTracing } from "../mesh/tracing/start.ts";
import type { Tracing } from "../mesh/tracing.ts";
import { existingAccess } from "./broker-access.ts";
import { Failure } from "./failure.ts";
import { findConfig } from "./find-config.ts";
import { stopRequested } from "./stop-requested.ts";

/** What a part of the mesh needs that is a process of its own. */
export interface OnBroker {
  readonly config: GatewayConfig;
  readonly configFile: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly broker: Broker;
  /** Its address, with its credentials. */
  readonly brokerUrl: string;
  /** Resolves at the first connection, or when this process is asked to stop before. */
  readonly connected: Promise<void>;
  /** Closes what is started, when this process is asked to stop. */
  readonly stack: CloseStack;
  readonly log: Log;
  readonly tracing: Tracing | undefined;
}

/**
 * Runs a part of the mesh as a process of its own, on a broker that runs elsewhere, until it is asked to stop.
 *
 * @param as its name on the broker, and the resource that its spans are of.
 * @throws Failure or ConfigError for what the operator can mend.
 */
export async function runOnBroker(
  path: string,
  as: { readonly name: string; readonly resource: Readonly<Record<string, string>> },
  start: (given: OnBroker) => Promise<void>,
): Promise<void> {
  const configFile = findConfig(path);
  const { env } = process;
  const config = await loadConfig(configFile, { env });
  const log = jsonLog((line) => process.stdout.write(`${line}\n`));
  const url = existingBroker(config.broker, env);
  if (url === undefined) throw new Failure("which broker? set NATS_URL, or broker.url in the configuration");
  const access = existingAccess(url, env);

  const stack = new CloseStack();
  const stop = stopRequested();
  const { tracing } = stack.use(await startTracing({ resource: as.resource, env, log }));
  const broker = stack.use(natsBroker({ url, name: as.name, log, ...access }));
  // It tries for ever: all that ends it is the end of this process, which is no news.
  const connecting = broker.connect().catch(() => undefined);
  const connected = Promise.race([connecting, stop]).then(() => undefined);
  await start({ config, configFile, env, broker, brokerUrl: url, connected, stack, log, tracing });
  log.info("draining", { signal: await stop });
  await stack.close();
  // A collector that is away would hold the process for as long as its exporter tries again.
  process.exit();
}
