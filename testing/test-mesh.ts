import { type Client, type ServiceTypes, clientOver } from "../client/client.ts";
import type { GatewayConfig } from "../gateway/config.ts";
import type { Broker } from "../mesh/broker.ts";
import { EmbeddedBroker } from "../mesh/broker/embedded.ts";
import type { Claims } from "../mesh/call.ts";
import { type CallOptions, Caller } from "../mesh/caller.ts";
import { MeshError } from "../mesh/errors.ts";
import { CloseStack } from "../mesh/lifecycle.ts";
import { type Log, silentLog } from "../mesh/log.ts";
import { randomHex } from "../mesh/ids.ts";
import { LocalServer } from "../nats-server/local-server.ts";
import { settingsFrom } from "../nats-server/options.ts";
import { host } from "../worker-service/host.ts";
import { type Functions, type ServiceDefinition, defineService } from "../worker-service/service.ts";
import { type RecordedCall, recorded } from "./recorded-call.ts";
import { type Faults, LOCAL_URL } from "./simulate.ts";
import { type TestGatewayOptions, openConfig, readConfig, testGateway } from "./test-gateway.ts";

export { simulate } from "./simulate.ts";
export type { Faults } from "./simulate.ts";
export type { FaultOptions } from "./faults/fates.ts";
export type { FaultRecord } from "./faults/history.ts";
export type { RecordedCall } from "./recorded-call.ts";

/** A service that is there because others call it. */
export interface StandIn {
  readonly name: string;
  readonly functions: Functions;
}

export interface TestMeshOptions extends TestGatewayOptions {
  /** What `service()` made, or stand-ins for it. A service that is listed twice has two instances. */
  readonly services: readonly (ServiceDefinition | StandIn)[];
  /** Default: the only project of `config`, else `test`. */
  readonly project?: string;
  /** In whose name `call` and `client` call, unless told otherwise. Default `{}`, a caller without a token. */
  readonly claims?: Claims;
  /** What goes wrong between the parts; see {@link simulate}. Default: nothing. */
  readonly faults?: Faults;
  /** Default: nothing is logged. What a handler threw is the `cause` of the error that `call` rejects with. */
  readonly log?: Log;
}

/** Options of one call of a test. */
export interface TestCallOptions extends CallOptions {
  /** In whose name. Default: the mesh's. */
  readonly claims?: Claims;
}

/** A mesh in memory. */
export interface TestMesh extends AsyncDisposable {
  readonly project: string;
  /** The calls that reached a handler so far, also those between services, in the order in which they did. */
  readonly calls: readonly RecordedCall[];
  /** The callers' connection, for what the other members do not cover. */
  readonly broker: Broker;
  /**
   * Calls a function as another service would: rules are the gateway's and not asked.
   *
   * @param name `service.function`.
   * @throws MeshError as `Context.call`; what the handler threw is its `cause`.
   */
  call(name: string, params?: unknown, options?: TestCallOptions): Promise<unknown>;
  /**
   * A typed client that calls as `call` does: `mesh.client<typeof arithmetic>().arithmetic.sum({ num1: 1, num2: 2 })`.
   *
   * @param options.claims in whose name. Default: the mesh's.
   */
  client<S extends ServiceTypes>(options?: { readonly claims?: Claims }): Client<S>;
  /** Sends an HTTP request through the gateway, rules and all. A path stands for a URL of it. */
  fetch(request: Request | URL | string, init?: RequestInit): Promise<Response>;
  /** Signs a token for `fetch`. Default: the mesh's claims. */
  token(claims?: Claims): Promise<string>;
  /** Lets calls in flight finish, for half a second at most, and ends the mesh. May be called twice. */
  close(): Promise<void>;
}

/** How long closing waits for handlers. One that never ends must not hold up a test. */
const GRACE_MS = 500;
const ORIGIN = "http://mesh.test";

/**
 * Runs services in memory, with a broker and a gateway of their own and no port: for tests, in any test runner.
 * Meshes do not know of each other.
 *
 * @throws ConfigError for a `config` that is not valid; TypeError for services that are not.
 *
 * @example
 * await using mesh = await testMesh({ services: [arithmetic] });
 * expect(await mesh.call("arithmetic.sum", { num1: 1, num2: 2 })).toEqual({ sum: 3 });
 */
export async function testMesh(options: TestMeshOptions): Promise<TestMesh> {
  const { services, claims = {}, faults, log = silentLog } = options;
  const config = options.config === undefined ? undefined : readConfig(options.config, options.env);
  const project = options.project ?? onlyProject(config) ?? "test";

  const server = new LocalServer(settingsFrom({ log }));
  const connect =
    faults?.disturb(server) ?? ((to: Log): Broker => new EmbeddedBroker(server.connect(), { url: LOCAL_URL, log: to }));
  const calls: RecordedCall[] = [];
  const parts = new CloseStack();
  const broker = parts.use(connect(log));
  // Most tests need none, and the one that everybody may use cannot be wrong.
  const gateway = once(() => testGateway(config ?? openConfig(project), { broker, log }));
  try {
    if (config !== undefined) gateway();
    const hosting = services.map((service) => {
      const definition = recorded(definitionOf(service), calls);
      return host(definition, { broker: parts.use(connect(log)), project, log });
    });
    const hosted = await Promise.all(hosting);
    parts.defer(() => withinGrace(Promise.all(hosted.map((service) => service.drain())), log));
  } catch (error) {
    await parts.close();
    throw error;
  }

  const caller = new Caller(broker, project);
  const close = (): Promise<void> => parts.close();
  const call: TestMesh["call"] = async (name, params, { claims: own = claims, ...callOptions } = {}) => {
    const [service, func] = parseName(name);
    const requestId = randomHex(16);
    try {
      return await caller.call(service, func, params, { ...callOptions, claimsJson: JSON.stringify(own), requestId });
    } catch (error) {
      const record = calls.find((each) => each.requestId === requestId && each.name === name);
      throw withCause(error, record?.error);
    }
  };
  return {
    project,
    calls,
    broker,
    call,
    client: (whose) =>
      clientOver({ call: (service, name, params, own) => call(`${service}.${name}`, params, { ...own, ...whose }) }),
    fetch: async (request, init) => gateway().fetch(new Request(onMesh(request), init)),
    token: async (own = claims) => gateway().token(project, own),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function onlyProject(config: GatewayConfig | undefined): string | undefined {
  return config?.projects.length === 1 ? config.projects[0]?.id : undefined;
}

function definitionOf(service: ServiceDefinition | StandIn): ServiceDefinition {
  return "endpoints" in service ? service : defineService(service.name, service.functions);
}

function parseName(name: string): [service: string, func: string] {
  const [service, func, ...more] = name.split(".");
  if (service === undefined || func === undefined || more.length > 0) {
    throw new TypeError(`"${name}" is no function's name; write service.function, like "arithmetic.sum"`);
  }
  return [service, func];
}

/** A caller in production does not learn what was thrown; who tests the function has to. */
function withCause(error: unknown, cause: unknown): unknown {
  if (!(error instanceof MeshError) || error.code !== "function_failed" || cause === undefined) return error;
  return Object.defineProperty(error, "cause", { value: cause, configurable: true, writable: true });
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function onMesh(request: Request | URL | string): Request | URL {
  return typeof request === "string" ? new URL(request, ORIGIN) : request;
}

async function withinGrace(drained: Promise<unknown>, log: Log): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      log.warn("a handler still runs; the test's mesh is closed without it");
      resolve();
    }, GRACE_MS);
  });
  await Promise.race([drained, late]);
  clearTimeout(timer);
}
