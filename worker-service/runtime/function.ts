import { brokerAt } from "../../mesh/broker/broker-at.ts";
import { CloseStack } from "../../mesh/lifecycle.ts";
import { startTracing } from "../../mesh/tracing/start.ts";
import { functionConfig } from "../function-config.ts";
import { functionShape } from "../function-shape.ts";
import { LogTail } from "../log-tail.ts";
import { joinMesh } from "./function-mesh.ts";
import { NoBroker } from "./no-broker.ts";
import { readSecrets } from "./secrets.ts";
import { stdoutLog } from "./stdout-log.ts";
import { stopWithProcess } from "./stop-with-process.ts";

/** The project of a function that is in none. */
const NO_PROJECT = "none";

/** A deployed function that takes calls. */
export interface RunningFunction {
  /** Where it listens for HTTP; `undefined` when it does not. */
  readonly port: number | undefined;
  /** Takes no new calls, finishes those in flight and disconnects. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Serves a deployed handler by HTTP, as Knative's runtime contract asks, and in the mesh as well when the environment names
 * a broker. Runs on Bun, Node and Deno until SIGTERM or SIGINT, which drain.
 *
 * @param load imports the handler's module.
 * @param env the process's; its secrets are added to it before the module is loaded.
 * @throws TypeError when the environment is not valid or the module exports no handler; rejects with what the module threw.
 */
export async function runFunction(
  load: () => Promise<Readonly<Record<string, unknown>>>,
  env: Record<string, string | undefined>,
): Promise<RunningFunction> {
  const config = functionConfig(env);
  const { mesh, service, version, logLevel, isSupervised, secretsFolder } = config;
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

  const project = mesh?.project ?? NO_PROJECT;
  const nats = mesh && (await brokerAt({ url: mesh.brokerUrl, name: `${project}.${service}`, log: connectionLog }));
  const broker = parts.use(nats ?? new NoBroker());
  // While the handler is loaded; that it fails is told to whoever joins.
  nats?.connect().catch(() => undefined);

  // After its own variables were read: what a secret is called must not change how the function is served.
  if (secretsFolder !== undefined) Object.assign(env, readSecrets(secretsFolder));
  const shape = functionShape(await load());
  const resource = {
    "service.name": service,
    "service.version": version,
    ...(mesh && { "service.namespace": mesh.project }),
  };
  const { tracing } = parts.use(await startTracing({ resource, env, log: connectionLog }));
  const served: { drain(): Promise<void> }[] = [];
  let port: number | undefined;
  if (config.port !== undefined) {
    // Only where it is wanted: it takes its time to load.
    const { serveHttp } = await import("./function-http.ts");
    const http = parts.use(await serveHttp({ port: config.port, shape, config, project, broker, tracing, log }));
    served.push(http);
    ({ port } = http);
  }
  log.info("function is up", { ...(port !== undefined && { port }) });
  // HTTP does not wait for the broker, which may come later.
  if (nats !== undefined) served.push(parts.use(joinMesh(nats, { shape, config, project, tail, tracing, log })));
  parts.defer(async () => void (await Promise.all(served.map((each) => each.drain()))));
  return { port, stop };
}
