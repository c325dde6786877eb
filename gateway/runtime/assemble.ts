import type { Broker } from "../../mesh/broker.ts";
import type { Closable } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import type { Tracing } from "../../mesh/tracing.ts";
import { advice } from "../advice.ts";
import { createGateway } from "../app.ts";
import type { CallParts } from "../call-path.ts";
import { type AdminSetup, administration } from "./administration.ts";
import { buildPolicy } from "../build-policy.ts";
import type { GatewayConfig } from "../config.ts";
import type { ConsoleFiles } from "../console.ts";
import { withConsoleHosts } from "../console/hosts.ts";
import { consoleRoutes } from "../console/routes.ts";
import { ConfigError } from "../config/config-error.ts";
import { BrokerLink } from "../mesh-link/broker-link.ts";
import { prometheusMetrics } from "../metrics/prometheus.ts";
import { LivePolicy, type Policy } from "../policy.ts";
import type { BatchJournals } from "../recording/batch-journal.ts";
import { Recorder } from "../recording/recorder.ts";
import type { QueryPort } from "../rules/query.ts";
import type { SocketFeature } from "../space-cloud/socket.ts";
import { socketRoutes } from "../space-cloud/socket/path.ts";
import { MeshWorkerHub } from "../space-cloud/workers/hub.ts";
import { NatsWorkers } from "../space-cloud/nats-workers/ask.ts";
import { NatsRequests } from "../space-cloud/nats-workers/serve.ts";
import { pubsubFeature } from "../space-cloud/pubsub/feature.ts";
import { pubsubRoutes } from "../space-cloud/pubsub/routes.ts";

/** What a gateway needs where the broker is at hand, whatever serves its requests. */
export interface AssembleOptions {
  /** Where the configuration came from: how findings name it. */
  readonly configFile: string;
  readonly broker: Broker;
  readonly log: Log;
  /** Where the spans of calls go; without it there are none. */
  readonly tracing?: Tracing | undefined;
  /** Where records wait to be shipped; without it they do not. */
  readonly journals?: BatchJournals | undefined;
  /** What `query` rules ask; without it the platform has no databases. */
  readonly databases?: ConfiguredDatabases;
  /** What the console is made of; without it there is none. */
  readonly consoleFiles?: ConsoleFiles | undefined;
  /** How it is administered; without it, it is not. */
  readonly admin?: AdminSetup | undefined;
  /** Lets the connection of a request be silent for as long as it likes. */
  readonly keepOpen?: (request: Request) => void;
  /** Whether the platform makes websockets of requests before they get here. Default `false`. */
  readonly hasSockets?: boolean;
}

/** The databases that a configuration names. */
export interface ConfiguredDatabases extends Closable {
  /** Goes over to those of another configuration, if `use` accepts them; when it throws, nothing has changed. */
  change<T>(databases: GatewayConfig["databases"], use: (queries: QueryPort) => T): T;
}

/** A gateway that something still has to serve. */
export interface AssembledGateway extends Closable {
  readonly policy: LivePolicy;
  /** Where workers join that are connected to this gateway, whatever by. */
  readonly workers: MeshWorkerHub;
  /** What calls need that do not come by `fetch`. */
  readonly calls: CallParts;
  /** What clients can do on websockets besides serving. */
  readonly features: readonly SocketFeature[];
  fetch(request: Request): Response | Promise<Response>;
  /** @throws ConfigError for keys and databases that cannot be used; the configuration in force stays. */
  replaceConfig(config: GatewayConfig): void;
  /** Ends what has no end of its own, such as watching the mesh. */
  endStreams(): Promise<void>;
}

/**
 * Puts a gateway together.
 * @throws ConfigError for keys and databases that cannot be used.
 */
export function assembleGateway(config: GatewayConfig, options: AssembleOptions): AssembledGateway {
  const { configFile, broker, log, tracing, journals, databases, keepOpen, consoleFiles, hasSockets = false } = options;
  const recorder = new Recorder({ broker, log, journals });
  const natsWorkers = new NatsWorkers({ broker, tracing });
  const link = new BrokerLink({ broker, tracing, recorder, elsewhere: natsWorkers });
  const compile = (from: GatewayConfig): Policy => {
    const build = (queries?: QueryPort): Policy => buildPolicy(from, { link, queries, fetch, now: Date.now, log });
    try {
      return databases === undefined ? build() : databases.change(from.databases, build);
    } catch (cause) {
      // What the file's shape cannot show: a key that is no key, a database that is not there.
      throw ConfigError.ofFile(configFile, cause instanceof Error ? cause.message : String(cause), { cause });
    }
  };
  // What makes websockets of requests serves gRPC, too.
  const advise = (about: GatewayConfig): void =>
    advice(about, configFile, { hasGrpc: hasSockets }).forEach((line) => log.warn(line));
  const policy = new LivePolicy(compile(config));
  advise(config);
  recorder.start();
  const workers = new MeshWorkerHub({ broker, policy, log });
  const natsRequests = new NatsRequests({ broker, policy, log, link, meshOnly: new BrokerLink({ broker }) });
  const followNats = (now: GatewayConfig): void => [natsWorkers, natsRequests].forEach((each) => each.follow(now));
  followNats(config);
  const pubsub = { broker, policy, log };
  const metrics = prometheusMetrics(broker, workers);
  let inForce = config;
  const replaceConfig = (next: GatewayConfig): void => {
    policy.replace(compile(next));
    inForce = next;
    options.admin?.auth.replaceConfig(next.admin);
    followNats(next);
    advise(next);
  };
  const about = { configFile, broker, link, policy, log, keepOpen, inForce: () => inForce, apply: replaceConfig };
  const admin = administration(options.admin, about);
  const calls = { link, policy, metrics, log, tracing, ...(keepOpen !== undefined && { keepOpen }) };
  const app = createGateway({
    ...calls,
    routes: [
      socketRoutes({ hasSockets }),
      pubsubRoutes(pubsub),
      ...admin.routes,
      ...(consoleFiles === undefined ? [] : [consoleRoutes(consoleFiles)]),
    ],
  });
  return {
    policy,
    workers,
    calls,
    features: [pubsubFeature(pubsub)],
    fetch: withConsoleHosts(
      () => inForce.gateway.consoleHosts,
      (request) => app.fetch(request),
    ),
    replaceConfig,
    endStreams: () => admin.close(),
    close: async () => {
      await natsRequests.close();
      await workers.close();
      await recorder.close();
      await databases?.close();
    },
  };
}
