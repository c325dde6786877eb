import type { Broker, IncomingMessage } from "../mesh/broker.ts";
import { CALL_HEADERS } from "../mesh/call.ts";
import { MeshError } from "../mesh/errors.ts";
import type { Log } from "../mesh/log.ts";
import { QUEUE_GROUP, functionSubject } from "../mesh/subjects.ts";
import type { EndpointInfo } from "../mesh/service-info.ts";
import { randomHex } from "../mesh/ids.ts";
import { announce } from "../mesh/announcement.ts";
import { Caller } from "../mesh/caller.ts";
import type { Tracing } from "../mesh/tracing.ts";
import { type StartCallSpan, callSpans } from "./call-spans.ts";
import { HeaderContext } from "./context.ts";
import { EndpointCounters } from "../mesh/endpoint-counters.ts";
import { InFlight } from "../mesh/in-flight.ts";
import { type Invoker, invoke, refuse } from "./invoke.ts";
import type { Endpoint } from "./function.ts";
import { Limiter } from "./limiter.ts";
import { QueueShare } from "./queue-share.ts";
import type { ServiceDefinition } from "./service.ts";

/** What a service needs to run. */
export interface HostOptions {
  readonly broker: Broker;
  readonly project: string;
  readonly log: Log;
  /** Where the spans of its calls go; without it there are none. */
  readonly tracing?: Tracing | undefined;
  /** What the services protocol tells of this instance beside its project. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** How long calls may take to finish when the service drains; then their signals fire. Default 25 000 milliseconds. */
  readonly finishMs?: number;
  /** How many subscriptions of each function it holds in the queue group: with more it gets more of the calls. Default 1. */
  readonly share?: number;
}

/** A little less than the 30 seconds after which Kubernetes kills. */
const FINISH_MS = 25_000;

/** A service that takes calls. */
export interface HostedService {
  /** This instance's id in the mesh. */
  readonly id: string;
  /**
   * Takes no new calls, finishes those in flight and resolves. Those that do not finish in time, endless streams among
   * them, are told by their signals. May be called twice.
   */
  drain(): Promise<void>;
  /** What it has to do. */
  load(): ServiceLoad;
  /**
   * Holds so many subscriptions of each function from now on; resolves when the broker has confirmed. Calls on their way to those
   * that are given up are taken. Once it drains there are none, and this does nothing.
   * @throws MeshError `broker_unavailable` when the broker is not connected.
   */
  setShare(share: number): Promise<void>;
}

/** How many calls a service has. */
export interface ServiceLoad {
  readonly share: number;
  readonly running: number;
  /** Those that wait for their turn. */
  readonly waiting: number;
  /** Those that it took since it started. */
  readonly calls: number;
}

/**
 * Puts a service on the broker: for each function the subscriptions of its share, in the queue group that spreads the load, and
 * the answers of the services protocol. Resolves when the broker has confirmed, so that the next call finds it.
 *
 * @throws MeshError `broker_unavailable` when the broker is not connected, `invalid_request` for a bad project name.
 */
export async function host(definition: ServiceDefinition, options: HostOptions): Promise<HostedService> {
  const { broker, project, tracing, finishMs = FINISH_MS, share = 1 } = options;
  const { name, version, description } = definition;
  const id = randomHex(8);
  const log = options.log.with({ service: name, instance: id });
  const caller = new Caller(broker, project, tracing);
  const limiter = new Limiter(definition.bounds);

  const inFlight = new InFlight();
  let calls = 0;
  const endpoints = definition.endpoints.map((endpoint) => ({
    endpoint,
    counters: new EndpointCounters(),
    info: endpointInfo(functionSubject({ project, service: name, function: endpoint.name }), endpoint),
    startSpan: callSpans(tracing, { address: { project, service: name, function: endpoint.name }, version }),
  }));
  const hearing = inFlight.listen(broker, { project, service: name });
  const queues = new QueueShare(() =>
    endpoints.map(({ info, endpoint, counters, startSpan }) =>
      broker.subscribe(info.subject, { queue: info.queue_group }, (message) => {
        calls++;
        take(message, { endpoint, counters, startSpan, limiter, inFlight, caller, broker, log });
      }),
    ),
  );
  await queues.change(share);
  const announcements = announce(broker, {
    identity: { name, id, version, metadata: { ...options.metadata, project } },
    description,
    startedAt: new Date(),
    endpoints: () => endpoints.map(({ info }) => info),
    stats: () => endpoints.map(({ info, counters }) => counters.stats(statsOf(info))),
  });
  await broker.flush();
  log.info("service is up", { project, functions: definition.endpoints.map((endpoint) => endpoint.name) });
  const drained = async (): Promise<void> => {
    const timer = setTimeout(() => inFlight.endAll(stopping()), finishMs);
    const unsubscribed = [queues.leave(), ...announcements.map((announcement) => announcement.drain())];
    await finished(unsubscribed, limiter, broker);
    clearTimeout(timer);
    // Until here callers could give up, and ask.
    if (broker.status === "connected") await Promise.all(hearing.map((subscription) => subscription.drain()));
  };
  return {
    id,
    drain: once(drained),
    load: () => ({ share: queues.size, running: limiter.running, waiting: limiter.waiting, calls }),
    async setShare(size) {
      await queues.change(size);
      await broker.flush();
    },
  };
}

interface Taker extends Invoker {
  readonly counters: EndpointCounters;
  readonly startSpan: StartCallSpan | undefined;
  readonly limiter: Limiter;
  readonly inFlight: InFlight;
  readonly caller: Caller;
}

function take(message: IncomingMessage, by: Taker): void {
  const { counters, limiter, inFlight, caller, log } = by;
  const { headers } = message;
  // Delivered twice: whoever asks gets the answer of the first.
  if (inFlight.has(headers[CALL_HEADERS.id] ?? "")) return;
  const span = by.startSpan?.(headers);
  const context = new HeaderContext(headers, { caller, log, span });
  const { callId, lifetime } = context;
  inFlight.add(callId, lifetime);
  const isTaken = limiter.tryRun(async () => {
    const invoking = span === undefined ? invoke(message, context, by) : span.run(() => invoke(message, context, by));
    const outcome = await invoking;
    counters.count(outcome);
    span?.end({ error: outcome.error });
    inFlight.remove(callId);
  });
  if (isTaken) return;
  inFlight.remove(callId);
  const error = new MeshError("overloaded", "the worker's queue is full", { retryAfterSeconds: 1 });
  counters.count({ handlerMs: 0, error });
  span?.end({ error });
  refuse(message, error, by.log);
}

async function finished(unsubscribed: readonly Promise<void>[], limiter: Limiter, broker: Broker): Promise<void> {
  // While the broker is away nobody confirms it and no call can come; should it return, it finds no subscription.
  if (broker.status === "connected") await Promise.all(unsubscribed);
  await limiter.idle();
  if (broker.status === "connected") await broker.flush();
}

function stopping(): MeshError {
  return new MeshError("cancelled", "the worker is stopping");
}

function endpointInfo(subject: string, { name, metadata }: Endpoint): EndpointInfo {
  return { name, subject, queue_group: QUEUE_GROUP, metadata };
}

function statsOf({ name, subject, queue_group }: EndpointInfo): { name: string; subject: string; queue_group: string } {
  return { name, subject, queue_group };
}

function once(run: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => (result ??= run());
}
