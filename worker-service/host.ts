import type { Broker, IncomingMessage, Subscription } from "../mesh/broker.ts";
import { MeshError } from "../mesh/errors.ts";
import type { Log } from "../mesh/log.ts";
import { QUEUE_GROUP, functionSubject } from "../mesh/names.ts";
import type { EndpointInfo } from "../mesh/service-info.ts";
import { randomHex } from "../mesh/trace.ts";
import { announce } from "./announcement.ts";
import { Caller } from "../mesh/caller.ts";
import { EndpointCounters } from "./endpoint-counters.ts";
import { invoke, refuse } from "./invoke.ts";
import { Limiter } from "./limiter.ts";
import type { Handler } from "./function.ts";
import type { ServiceDefinition } from "./service.ts";

/** What a service needs to run. */
export interface HostOptions {
  readonly broker: Broker;
  readonly project: string;
  readonly log: Log;
}

/** A service that takes calls. */
export interface HostedService {
  /** This instance's id in the mesh. */
  readonly id: string;
  /** Takes no new calls, finishes those in flight and resolves. May be called twice. */
  drain(): Promise<void>;
}

/**
 * Puts a service on the broker: one subscription per function, in the queue group that shares the load, and the
 * answers of the services protocol. Resolves when the broker has confirmed, so that the next call finds it.
 *
 * @throws MeshError `broker_unavailable` when the broker is not connected, `invalid_request` for a bad project name.
 */
export async function host(definition: ServiceDefinition, options: HostOptions): Promise<HostedService> {
  const { broker, project } = options;
  const { name, version, description } = definition;
  const id = randomHex(8);
  const log = options.log.with({ service: name, instance: id });
  const caller = new Caller(broker, project);
  const limiter = new Limiter(definition.bounds);

  const endpoints = definition.endpoints.map(({ name: key, handler, metadata }) => ({
    handler,
    counters: new EndpointCounters(),
    info: endpointInfo(functionSubject({ project, service: name, function: key }), key, metadata),
  }));
  const subscriptions = [
    ...endpoints.map(({ info, handler, counters }) =>
      broker.subscribe(info.subject, { queue: info.queue_group }, (message) =>
        take(message, { handler, counters, limiter, caller, log }),
      ),
    ),
    ...announce(broker, {
      identity: { name, id, version, metadata: { project } },
      description,
      startedAt: new Date(),
      endpoints: endpoints.map(({ info }) => info),
      stats: () => endpoints.map(({ info, counters }) => counters.stats(statsOf(info))),
    }),
  ];
  await broker.flush();
  log.info("service is up", { project, functions: definition.endpoints.map((endpoint) => endpoint.name) });
  return { id, drain: once(() => drain(subscriptions, limiter, broker)) };
}

function take(
  message: IncomingMessage,
  by: { handler: Handler; counters: EndpointCounters; limiter: Limiter; caller: Caller; log: Log },
): void {
  const isTaken = by.limiter.tryRun(async () => by.counters.count(await invoke(message, by)));
  if (isTaken) return;
  const error = new MeshError("overloaded", "the worker's queue is full", { retryAfterSeconds: 1 });
  by.counters.count({ handlerMs: 0, error });
  refuse(message, error, by.log);
}

async function drain(subscriptions: readonly Subscription[], limiter: Limiter, broker: Broker): Promise<void> {
  const unsubscribed = Promise.all(subscriptions.map((subscription) => subscription.drain()));
  // While the broker is away nobody confirms it and no call can come; should it return, it finds no subscription.
  if (broker.status === "connected") await unsubscribed;
  await limiter.idle();
  if (broker.status === "connected") await broker.flush();
}

function endpointInfo(subject: string, name: string, metadata: EndpointInfo["metadata"]): EndpointInfo {
  return { name, subject, queue_group: QUEUE_GROUP, metadata };
}

function statsOf({ name, subject, queue_group }: EndpointInfo): { name: string; subject: string; queue_group: string } {
  return { name, subject, queue_group };
}

function once(run: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => (result ??= run());
}
