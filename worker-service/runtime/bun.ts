import type { Broker } from "../../mesh/broker.ts";
import { accessOfProcess } from "../../mesh/broker/access-of-process.ts";
import { natsBroker } from "../../mesh/broker/nats-bun.ts";
import { MeshError } from "../../mesh/errors.ts";
import { CloseStack } from "../../mesh/lifecycle.ts";
import { startTracing } from "../../mesh/tracing/start.ts";
import { type ClientOptions, type WorkerOptions, clientConfig, workerConfig } from "../config.ts";
import { host } from "../host.ts";
import { publishLog } from "../log-publisher.ts";
import { LogTail } from "../log-tail.ts";
import {
  type FetchHandler,
  type Functions,
  type ServiceDefinition,
  type ServiceOptions,
  defineService,
} from "../service.ts";
import type { Client, ServiceTypes } from "../../client/client.ts";
import { client as httpClient } from "../../client/http.ts";
import { findRunningMesh } from "./running-mesh-file.ts";
import { reportService } from "./service-report.ts";
import { stdoutLog } from "./stdout-log.ts";
import { stopWithProcess } from "./stop-with-process.ts";

export type { Context } from "../context.ts";
export type { FunctionDefinition, FunctionOptions, Handler, Receives } from "../function.ts";
export type { FetchHandler, Functions, ServiceOptions } from "../service.ts";
export type { CallPromise, Settled, StreamPromise } from "../../client/call-promise.ts";
export type { Client } from "../../client/client.ts";
export type { CallOptions } from "../../mesh/caller.ts";
export type { ClientOptions, WorkerOptions } from "../config.ts";
export { fn } from "../function.ts";
export { PublicError } from "../public-error.ts";
export { MeshError } from "../../mesh/errors.ts";

/** A service that can be started. */
export interface Service<F extends Functions = Functions, Name extends string = string> extends ServiceDefinition<
  F,
  Name
> {
  /**
   * Joins the mesh and takes calls until SIGTERM or SIGINT, which drain: calls in flight finish, then the process ends.
   * With `FMESH_SUPERVISED=1` so does the end of the standard input.
   * Waits for the broker when it is away, and reconnects for ever.
   *
   * @throws TypeError when it is not said which mesh and project to join.
   */
  start(options?: WorkerOptions): Promise<RunningService>;
}

/** A service in the mesh. */
export interface RunningService {
  readonly id: string;
  /** Drains and disconnects. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Groups functions into a service.
 *
 * @example
 * await service("arithmetic", { sum: ({ num1, num2 }) => ({ sum: num1 + num2 }) }).start();
 */
export function service<const Name extends string, F extends Functions>(
  name: Name,
  functions: F,
  options?: ServiceOptions,
): Service<F, Name>;
/**
 * Serves a fetch handler, such as a Hono app's `app.fetch`, as a service with the one function `fetch`.
 *
 * @example
 * await service("shop", app.fetch).start();
 */
export function service<const Name extends string, F extends FetchHandler>(
  name: Name,
  fetch: F,
  options?: ServiceOptions,
): Service<{ readonly fetch: F }, Name>;
export function service(name: string, given: Functions | FetchHandler, options: ServiceOptions = {}): Service {
  const definition =
    typeof given === "function" ? defineService(name, given, options) : defineService(name, given, options);
  return { ...definition, start: (where = {}) => start(definition, where) };
}

/**
 * A typed client over HTTP, for scripts and servers outside of the mesh. A service's own functions have
 * `context.client()`, which keeps caller, trace and deadline.
 *
 * @example
 * const mesh = client<typeof arithmetic>();
 * const { sum } = await mesh.arithmetic.sum({ num1: 1, num2: 2 });
 *
 * @throws TypeError when it is not said which mesh and project to call, or an option is not valid.
 */
export function client<S extends ServiceTypes>(options: ClientOptions = {}): Client<S> {
  return httpClient<S>(clientConfig(options, process.env, () => findRunningMesh(process.cwd())));
}

async function start(definition: ServiceDefinition, options: WorkerOptions): Promise<RunningService> {
  const config = workerConfig(options, process.env, () => findRunningMesh(process.cwd()));
  const { brokerUrl, project, logLevel, isSupervised, showsSource } = config;
  const tail = new LogTail();
  const log = stdoutLog(logLevel, { showsSource, also: tail.add });
  // What the connection says is not sent over it: a line about a line that was refused would be refused next.
  const connectionLog = stdoutLog(logLevel);
  const access = accessOfProcess(process.env);
  const broker = natsBroker({ url: brokerUrl, name: `${project}.${definition.name}`, log: connectionLog, ...access });
  const parts = new CloseStack();
  // From here on, because waiting for the broker may take for ever.
  const stop = stopWithProcess(() => parts.close(), { log, isSupervised });
  const resource = {
    "service.name": definition.name,
    "service.namespace": project,
    "service.version": definition.version,
  };
  const { tracing } = parts.use(await startTracing({ resource, env: process.env, log: connectionLog }));
  await broker.connect();
  parts.use(broker);
  parts.use(publishLog(tail, { broker, project, service: definition.name }));
  const hosting = host(definition, { broker, project, log, tracing });
  parts.defer(async () => {
    const hosted = await hosting;
    await Promise.all([hosted.drain(), reportLeft(broker, definition.name)]);
  });
  const { id } = await hosting;
  reportService({ service: definition.name, takesCalls: true });
  return { id, stop };
}

/** Reports a service that has unsubscribed. */
async function reportLeft(broker: Broker, service: string): Promise<void> {
  try {
    // After a round trip no call is on its way any more.
    if (broker.status === "connected") await broker.flush();
  } catch (error) {
    if (!(error instanceof MeshError) || error.code !== "broker_unavailable") throw error; // gone, and its calls too
  }
  reportService({ service, takesCalls: false });
}
