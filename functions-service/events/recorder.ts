import type { Broker, IncomingMessage } from "../../mesh/broker.ts";
import { EMPTY_MESSAGE } from "../../mesh/broker.ts";
import { encodeFailure } from "../../mesh/call.ts";
import { MeshError } from "../../mesh/errors.ts";
import type { EventOutcome, StoredEvent } from "../../mesh/event.ts";
import type { Closable } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import { QUEUE_GROUP, recordSubject } from "../../mesh/names.ts";
import { type Beginning, type Ending, decodeBatch } from "../../mesh/recording.ts";
import { randomHex } from "../../mesh/trace.ts";
import type { EventStore, NewNotice } from "../store.ts";
import { eventNotice, outcomeNotice } from "./cloud-event.ts";

/** The type of every event that is an invocation. */
const INVOCATION = "FUNCTION_INVOCATION";

/** What records a project's invocations. */
export interface RecorderParts {
  readonly broker: Broker;
  readonly project: string;
  readonly events: Pick<EventStore, "insert" | "settle">;
  readonly log: Log;
}

/**
 * Takes batches of invocations off the broker, and answers each when all of it is in the store. Several of these share the
 * load. Resolves when the broker has confirmed.
 *
 * @throws MeshError `broker_unavailable` when the broker is not connected.
 */
export async function startRecorder(parts: RecorderParts): Promise<Closable> {
  const { broker, project } = parts;
  const working = new Set<Promise<void>>();
  const subscription = broker.subscribe(recordSubject(project), { queue: QUEUE_GROUP }, (message) => {
    const work = take(message, parts).finally(() => working.delete(work));
    working.add(work);
  });
  await broker.flush();
  return {
    async close() {
      // While the broker is away nobody confirms it, and no batch can come.
      if (broker.status === "connected") await subscription.drain();
      await Promise.all(working);
    },
  };
}

async function take(message: IncomingMessage, { project, events, log }: RecorderParts): Promise<void> {
  try {
    const { begun, ended } = decodeBatch(message.payload);
    if (begun.length > 0)
      await insert(
        begun.map((each) => begunEvent(project, each)),
        events,
      );
    if (ended.length > 0) await events.settle(ended.map((each) => outcome(project, each)));
    message.reply(EMPTY_MESSAGE);
  } catch (thrown) {
    const error = MeshError.from(thrown);
    log.error("invocations could not be recorded", { project, error: thrown });
    message.reply(encodeFailure(error, { callId: randomHex(16) }));
  }
}

async function insert(pending: readonly StoredEvent[], events: RecorderParts["events"]): Promise<void> {
  await events.insert(
    pending,
    pending.map((event) => eventNotice(event)),
  );
}

function begunEvent(project: string, { id, source, startedAt, deadlineMs, traceId, payload }: Beginning): StoredEvent {
  return {
    id,
    project,
    type: INVOCATION,
    status: "PENDING",
    timestamp: new Date(startedAt).toISOString(),
    source,
    payload,
    invocationId: id,
    deadline: new Date(deadlineMs).toISOString(),
    response: undefined,
    durationMs: undefined,
    error: undefined,
    traceId,
    retryCount: 0,
  };
}

function outcome(project: string, ending: Ending): EventOutcome & { readonly notice: NewNotice } {
  const { id, source, startedAt, traceId, status, durationMs, response, error } = ending;
  const ended = {
    id,
    status,
    durationMs,
    ...(response !== undefined && { response }),
    ...(error !== undefined && { error }),
  };
  const timestamp = new Date(startedAt).toISOString();
  const begun = { id, project, type: INVOCATION, timestamp, source, invocationId: id, traceId, retryCount: 0 };
  return { ...ended, notice: outcomeNotice(begun, ended) };
}
