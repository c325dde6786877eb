import type { Broker } from "../../mesh/broker.ts";
import { natsBroker } from "../../mesh/broker/nats-bun.ts";
import { Caller } from "../../mesh/caller.ts";
import { CloseStack } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import type { Tracing } from "../../mesh/tracing.ts";
import { startTracing } from "../../mesh/tracing/start.ts";
import { callSpans } from "../call-spans.ts";
import { type FunctionConfig, functionConfig } from "../function-config.ts";
import { type FunctionShape, functionShape } from "../function-shape.ts";
import { host } from "../host.ts";
import { HttpFunction } from "../http-function.ts";
import { publishLog } from "../log-publisher.ts";
import { LogTail } from "../log-tail.ts";
import { type ServiceDefinition, defineService } from "../service.ts";
import { listen } from "./function-server.ts";
import { NoBroker } from "./no-broker.ts";
import { stdoutLog } from "./stdout-log.ts";
import { stopWithProcess } from "./stop-with-process.ts";
import { within } from "./within.ts";

/** The project of a function that is in none. */
const NO_PROJECT = "none";
/** What a call that was told to end may take to do so. */
const LAST_WORDS_MS = 1_000;

/** A deployed function that takes calls. */
export interface RunningFunction {
  /** Where it listens for HTTP. */
  readonly port: number;
  /** Takes no new calls, finishes those in flight and disconnects. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Serves a deployed handler by HTTP, as Knative's runtime contract asks, and in the mesh as well when the environment names
 * a broker. Runs on Bun, Node and Deno until SIGTERM or SIGINT, which drain.
 *
 * @param load imports the handler's module.
 * @throws TypeError when the environment is not valid or the module exports no handler; rejects with what the module threw.
 */
export async function runFunction(
  load: () => Promise<Readonly<Record<string, unknown>>>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<RunningFunction> {
  const config = functionConfig(env);
  const { mesh, service, version, logLevel, isSupervised } = config;
  // It would wait for ever, and not say for what.
  if (mesh !== undefined && /^wss?:/.test(mesh.brokerUrl) && typeof WebSocket === "undefined") {
    throw new TypeError("NATS_URL is a WebSocket's, which this runtime does not have; use nats:// or tls://");
  }
  const tail = new LogTail();
  const log = stdoutLog(logLevel, mesh && { also: tail.add }).with({ service, ...config.metadata });
  // What the connection says is not sent over it.
  const connectionLog = stdoutLog(logLevel);
  const parts = new CloseStack();
  // Before the handler is loaded: as the first process of a container nothing else would end this one.
  const stop = stopWithProcess(() => parts.close(), { log, isSupervised });

  const shape = functionShape(await load());
  const resource = {
    "service.name": service,
    "service.version": version,
    ...(mesh && { "service.namespace": mesh.project }),
  };
  const { tracing } = parts.use(await startTracing({ resource, env, log: connectionLog }));
  const name = `${mesh?.project ?? NO_PROJECT}.${service}`;
  const nats = mesh && natsBroker({ url: mesh.brokerUrl, name, log: connectionLog });
  const broker = parts.use(nats ?? new NoBroker());
  const http = httpFunction(shape, { config, broker, tracing, log });
  const { port } = parts.use(await listen(config.port, (request) => http.handle(request)));
  log.info("function is up", { port });

  const joined = parts.use(new CloseStack());
  const drains = [(): Promise<void> => http.drain()];
  parts.defer(async () => void (await Promise.all(drains.map((drain) => drain()))));
  if (nats !== undefined && mesh !== undefined) {
    const { project } = mesh;
    const join = async (): Promise<void> => {
      await nats.connect();
      joined.use(publishLog(tail, { broker: nats, project, service }));
      const hosted = await host(serviceOf(shape, config), { ...config, broker: nats, project, log, tracing });
      drains.push(() => within(config.finishMs + LAST_WORDS_MS, hosted.drain()));
    };
    // HTTP does not wait for the broker, which may come later.
    join().catch((error: unknown) => {
      if (nats.status !== "closed") log.error("the function could not join the mesh", { error });
    });
  }
  return { port, stop };
}

function httpFunction(
  shape: FunctionShape,
  { config, broker, tracing, log }: { config: FunctionConfig; broker: Broker; tracing: Tracing | undefined; log: Log },
): HttpFunction {
  const { mesh, service, version } = config;
  const project = mesh?.project ?? NO_PROJECT;
  const [{ name } = { name: "" }] = shape.endpoints;
  const startSpan = callSpans(tracing, { address: { project, service, function: name }, version });
  return new HttpFunction({ shape, config, log, startSpan, caller: new Caller(broker, project, tracing) });
}

function serviceOf({ endpoints }: FunctionShape, { service, version, bounds }: FunctionConfig): ServiceDefinition {
  return { ...defineService(service, { handler: () => undefined }, { version, ...bounds }), endpoints };
}
