import { askFunction } from "./ask-function.ts";
import { askUntilAnswered } from "./ask-until-answered.ts";
import { type Asker, type Broker, EMPTY_MESSAGE, type Message, type RequestOptions } from "./broker.ts";
import { CALL_HEADERS, type Call, type Reply, decodeReply, encodeCall, offeredBody } from "./call.ts";
import { MeshError } from "./errors.ts";
import type { FunctionAddress } from "./names.ts";
import { cancelSubject } from "./subjects.ts";
import { offerBody } from "./offer-body.ts";
import { receiveStream } from "./stream-consumer.ts";
import { traceCall } from "./traced-call.ts";
import type { TraceParent, Tracing } from "./tracing.ts";

/** How a call is sent. */
export interface SendOptions extends RequestOptions {
  /** What ends a reply that is a stream. Default: `signal`. Asked for when there is such a reply. */
  readonly streamSignal?: (() => AbortSignal) | undefined;
  /** Where the call's span goes; without it there is none. */
  readonly tracing?: Tracing | undefined;
  /** What that span is a child of; `undefined` for a call of its own. */
  readonly parent?: TraceParent | undefined;
}

/**
 * Sends a call and waits for its answer to begin. One with an idempotency key is sent again when it is lost with its worker;
 * any other is run once at most. A caller that gives up, because its signal aborts or its time is over,
 * says so to the workers: the handler's own signal fires, and nobody works for an answer that is not wanted.
 *
 * @throws MeshError as `Broker.request`, or what the function threw; rejects with the signal's reason when it aborts.
 */
export function sendCall(broker: Broker, to: FunctionAddress, call: Call, options: SendOptions): Promise<Reply> {
  const { tracing, parent } = options;
  if (tracing === undefined) return send(broker, to, call, options);
  return traceCall(tracing, { to, call, parent, asker: askerOf(options) }, (traced) =>
    send(broker, to, traced, options),
  );
}

async function send(broker: Broker, to: FunctionAddress, call: Call, options: SendOptions): Promise<Reply> {
  const { signal, asker, timeoutMs, streamSignal } = options;
  // What was never sent needs no cancelling.
  signal?.throwIfAborted();
  // It is asked for when the call's turn comes, which may take all the time there is.
  const offer = offerBody(broker, call, { patienceMs: timeoutMs });
  let message: Message | undefined;
  try {
    const sent = encodeCall(call, offer);
    // A stream is there once: what has been read of it cannot be sent again.
    const isRepeatable = call.idempotencyKey !== undefined && offer === undefined;
    message = isRepeatable
      ? await askUntilAnswered(broker, to, { call, message: sent }, options)
      : await askFunction(broker, to, sent, options);
    const reply = decodeReply(message);
    if (offer?.wasAskedFor() === false) throw notRead(to);
    const offered = offeredBody(message.headers);
    if (offered === undefined) {
      offer?.stop(new MeshError("cancelled", "the call was answered"));
      return reply;
    }
    const { subject, lengthBytes } = offered;
    const bytes = receiveStream(broker, subject, { signal: streamSignal?.() ?? asker?.signal ?? signal });
    return { ...reply, stream: { bytes, lengthBytes } };
  } catch (error) {
    if (message === undefined && isGivenUp(error, options)) cancelCall(broker, to, call.id);
    offer?.stop(new MeshError("cancelled", "the call is over", { cause: error }));
    throw error;
  }
}

function askerOf({ signal, asker }: SendOptions): Asker | undefined {
  return asker ?? (signal && { signal });
}

/** What was computed of nothing is no answer. A worker with the SDK asks for a body before its handler runs. */
function notRead({ service, function: name }: FunctionAddress): MeshError {
  const text = `"${service}.${name}" answered without reading a body that came in parts; its worker takes smaller ones only`;
  return new MeshError("payload_too_large", text);
}

/** A call whose time is over is cancelled too: the worker's clock may be another. */
function isGivenUp(error: unknown, options: SendOptions): boolean {
  return (
    askerOf(options)?.signal.aborted === true || (error instanceof MeshError && error.code === "deadline_exceeded")
  );
}

/** Tells whoever runs the call that nobody waits for it any more. Which instance that is, the caller cannot know. */
function cancelCall(broker: Broker, to: FunctionAddress, callId: string): void {
  // A broker that is away would carry it to nobody; the deadline ends the call.
  if (broker.status !== "connected") return;
  broker.publish(cancelSubject(to), { ...EMPTY_MESSAGE, headers: { [CALL_HEADERS.id]: callId } });
}
