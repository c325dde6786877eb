import { type Body, gatherBody } from "../mesh/body.ts";
import { type Broker, type IncomingMessage, type Message, payloadRoom } from "../mesh/broker.ts";
import { answerFailure } from "../mesh/answer-failure.ts";
import { CALL_HEADERS, encodeReply } from "../mesh/call.ts";
import { MeshError } from "../mesh/errors.ts";
import type { Outcome } from "../mesh/endpoint-counters.ts";
import type { Log } from "../mesh/log.ts";
import { type BodyOffer, offerBody } from "../mesh/offer-body.ts";
import type { HeaderContext } from "./context.ts";
import { toFailure } from "./failure.ts";
import type { Endpoint } from "./function.ts";
import { readParams } from "./params.ts";
import { toBody } from "./result.ts";

/** Runs calls of a function. */
export interface Invoker {
  readonly endpoint: Endpoint;
  readonly broker: Broker;
  readonly log: Log;
}

/**
 * Runs the handler for a message and answers it, with the result or with the error; never rejects. Of a stream it is done
 * when the last byte has gone. For a caller that has given up nothing is published.
 */
export async function invoke(
  message: IncomingMessage,
  context: HeaderContext,
  { endpoint, broker, log }: Invoker,
): Promise<Outcome> {
  const { lifetime, callId } = context;
  const startedAt = performance.now();
  let offer: BodyOffer | undefined;
  let isAnswered = false;
  try {
    if (lifetime.reason !== undefined) return refuseLate(message, lifetime.reason, callId, log);
    let params = readParams(message, endpoint, { broker, lifetime });
    if (params instanceof Promise) params = await params;
    const result = await endpoint.handler(params, context);
    let body = toBody(result, endpoint);
    if (body instanceof Promise) body = await body;

    const handlerMs = performance.now() - startedAt;
    if (lifetime.reason !== undefined) {
      body.stream?.bytes.cancel().catch(() => undefined);
      return { handlerMs, error: lifetime.reason };
    }
    // Without a call's id the caller knows nothing of streams: it gets one message.
    const isSimple = message.headers[CALL_HEADERS.id] === undefined;
    if (isSimple && body.stream !== undefined) body = await gathered(body, broker, lifetime.signal);
    offer = isSimple ? undefined : offerBody(broker, body, { toError: toFailure });
    if (offer === undefined) {
      answer(message, encodeReply({ ...body, handlerMs }));
      return { handlerMs, error: undefined };
    }
    lifetime.liftDeadline();
    lifetime.signal.addEventListener("abort", () => offer?.stop(MeshError.from(lifetime.signal.reason)));
    answer(message, encodeReply({ ...body, handlerMs }, offer));
    isAnswered = true;
    await offer.done;
    return { handlerMs: performance.now() - startedAt, error: undefined };
  } catch (thrown) {
    const handlerMs = performance.now() - startedAt;
    if (lifetime.reason !== undefined) return { handlerMs, error: lifetime.reason };
    const error = toFailure(thrown);
    if (error !== thrown || error.status >= 500) {
      context.log.error("the call failed", { subject: message.subject, error: thrown });
    }
    // The reader of a stream that has begun learned it from the stream.
    if (!isAnswered) answerFailure(message, error, { callId, handlerMs }, log);
    else lifetime.end(error);
    return { handlerMs, error };
  } finally {
    offer?.stop(new MeshError("cancelled", "the call is over"));
    lifetime.settle();
  }
}

/** Refuses a call without running anything. */
export function refuse(message: IncomingMessage, error: MeshError, log: Log): void {
  answerFailure(message, error, { callId: message.headers[CALL_HEADERS.id] ?? "" }, log);
}

/** A call that nobody waited for any more when its turn came. */
function refuseLate(message: IncomingMessage, reason: MeshError, callId: string, log: Log): Outcome {
  // Told all the same: a caller whose clock is behind ours waits still.
  const text = "the caller's time ran out before the function was started";
  if (reason.code === "deadline_exceeded") answerFailure(message, new MeshError(reason.code, text), { callId }, log);
  return { handlerMs: 0, error: reason };
}

function answer(message: IncomingMessage, reply: Message): void {
  try {
    message.reply(reply);
  } catch (error) {
    throw ofResult(error);
  }
}

/** The body of a stream as a whole, as far as it fits into a message and is there in time. */
async function gathered(body: Body, broker: Broker, signal: AbortSignal): Promise<Body> {
  const bytes = body.stream?.bytes.pipeThrough(new TransformStream<Uint8Array, Uint8Array>(), { signal });
  const stream = bytes && { bytes, lengthBytes: undefined };
  try {
    const { payload } = await gatherBody({ ...body, stream }, payloadRoom(broker));
    return { ...body, payload, stream: undefined };
  } catch (error) {
    throw ofResult(error);
  }
}

/** That something is too large is the caller's fault elsewhere, and here the function's. */
function ofResult(error: unknown): unknown {
  if (!(error instanceof MeshError) || error.code !== "payload_too_large") return error;
  const text = "the function's result is larger than the broker takes; return less, or a reference to it";
  return new MeshError("function_failed", text, { cause: error });
}
