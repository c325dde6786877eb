import { announce } from "../../../mesh/announcement.ts";
import { answerFailure } from "../../../mesh/answer-failure.ts";
import type { IncomingMessage } from "../../../mesh/broker.ts";
import { CallLifetime } from "../../../mesh/call-lifetime.ts";
import { CALL_HEADERS } from "../../../mesh/call.ts";
import { MeshError } from "../../../mesh/errors.ts";
import { newCallId, randomHex } from "../../../mesh/ids.ts";
import type { InFlight } from "../../../mesh/in-flight.ts";
import { QUEUE_GROUP, anyFunctionSubject, parseFunctionSubject } from "../../../mesh/subjects.ts";
import { giveUp } from "./give-up.ts";
import { overloaded } from "./handed-calls.ts";
import { passOn } from "./pass-on.ts";
import { type ServingParts, serveCall } from "./serve-call.ts";
import { ServedFunctions } from "./served-functions.ts";
import type { ServiceCalls } from "./service-calls.ts";

/** A worker of 2019 as one instance of one service. */
export interface MeshInstance {
  /** Takes no new calls; resolves when those that it has are over. May be called twice. */
  leave(): Promise<void>;
}

/** What an instance needs. */
export interface InstanceParts extends ServingParts {
  readonly services: ServiceCalls;
}

/** Workers of that time have none. */
const VERSION = "0.0.0";
const PROTOCOL = "space-cloud-2019";

/**
 * Puts a worker on the broker as any other instance: one subscription, in the queue group that spreads the load, to whatever the
 * service is asked, since its worker does not say what it serves; and the answers of the services protocol.
 *
 * @throws MeshError `broker_unavailable`.
 */
export function enterMesh(
  of: { readonly project: string; readonly service: string },
  parts: InstanceParts,
): MeshInstance {
  const { broker, policy, services } = parts;
  const { project, service } = of;
  const functions = new ServedFunctions(of, () => policy.current.project(project)?.namedFunctions(service) ?? []);
  const shared = services.open(of);
  const running = new Set<Promise<void>>();
  const take = (message: IncomingMessage): void => {
    const served = takeCall(message, { ...parts, inFlight: shared.inFlight, functions });
    if (served === undefined) return;
    running.add(served);
    void served.finally(() => running.delete(served));
  };
  const subscriptions = [
    broker.subscribe(anyFunctionSubject(of), { queue: QUEUE_GROUP }, take),
    ...announce(broker, {
      identity: { name: service, id: randomHex(8), version: VERSION, metadata: { project, protocol: PROTOCOL } },
      description: "served by a worker that is connected to a gateway",
      startedAt: new Date(),
      endpoints: () => functions.infos(),
      stats: () => functions.stats(),
    }),
  ];
  let leaving: Promise<void> | undefined;
  const leave = async (): Promise<void> => {
    await giveUp(broker, subscriptions);
    await Promise.all(running);
    // Until here callers could give up, and ask.
    await shared.release();
  };
  return { leave: () => (leaving ??= leave()) };
}

interface Taker extends ServingParts {
  readonly inFlight: InFlight;
  readonly functions: ServedFunctions;
}

/** Resolves when the call is over; `undefined` when it is none of the worker's. */
function takeCall(message: IncomingMessage, by: Taker): Promise<void> | undefined {
  const { inFlight, functions, calls, log } = by;
  const { headers, subject } = message;
  const callId = headers[CALL_HEADERS.id] ?? newCallId();
  // Delivered twice: whoever asks gets the answer of the first.
  if (inFlight.has(callId)) return undefined;
  const lifetime = CallLifetime.of(headers);
  const address = parseFunctionSubject(subject);
  if (calls.hasLeft && address !== undefined) {
    void passOn({ message, address, callId, deadlineMs: lifetime.deadlineMs }, by);
    return undefined;
  }
  const name = address?.function ?? "";
  const refusal = lifetime.reason === undefined ? (calls.tryTake() ? undefined : overloaded()) : outOfTime();
  if (refusal !== undefined) {
    functions.count(name, { handlerMs: 0, error: refusal });
    answerFailure(message, refusal, { callId }, log);
    return undefined;
  }
  inFlight.add(callId, lifetime);
  const served = async (): Promise<void> => {
    functions.count(name, await serveCall(message, { callId, lifetime }, by));
    inFlight.remove(callId);
    calls.giveBack();
  };
  return served();
}

/** Told all the same: a caller whose clock is behind ours waits still. */
function outOfTime(): MeshError {
  return new MeshError("deadline_exceeded", "the caller's time ran out before the call reached the worker");
}
