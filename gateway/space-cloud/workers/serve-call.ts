import { answerFailure } from "../../../mesh/answer-failure.ts";
import type { Broker, IncomingMessage, Message } from "../../../mesh/broker.ts";
import type { CallLifetime } from "../../../mesh/call-lifetime.ts";
import { CALL_HEADERS, JSON_TYPE, encodeReply, offeredBody } from "../../../mesh/call.ts";
import type { Outcome } from "../../../mesh/endpoint-counters.ts";
import { MeshError } from "../../../mesh/errors.ts";
import type { Log } from "../../../mesh/log.ts";
import { type BodyOffer, offerBody } from "../../../mesh/offer-body.ts";
import type { LivePolicy } from "../../policy.ts";
import { type HandedCalls, WorkerGone } from "./handed-calls.ts";
import { readRequest } from "./request.ts";

/** What answers calls in a worker's place. */
export interface ServingParts {
  readonly broker: Broker;
  readonly policy: LivePolicy;
  readonly log: Log;
  readonly calls: HandedCalls;
}

const NOTHING = new Uint8Array(0);
const encoder = new TextEncoder();

/** Has a worker run a call and answers its caller; never rejects. For a caller that has given up nothing is published. */
export async function serveCall(
  message: IncomingMessage,
  { callId, lifetime }: { readonly callId: string; readonly lifetime: CallLifetime },
  { broker, policy, log, calls }: ServingParts,
): Promise<Outcome> {
  const startedAt = performance.now();
  const about = (): { callId: string; handlerMs: number } => ({ callId, handlerMs: performance.now() - startedAt });
  let offer: BodyOffer | undefined;
  let isAnswered = false;
  try {
    const maxBytes = policy.current.limits.maxBodyBytes;
    const request = await readRequest(message, { broker, lifetime, maxBytes });
    const result = await calls.ask(request, lifetime.signal);
    const { handlerMs } = about();
    const reply = {
      contentType: JSON_TYPE,
      payload: result === undefined ? NOTHING : encoder.encode(result),
      handlerMs,
    };
    // Without a call's id the caller knows nothing of streams: it gets one message.
    if (message.headers[CALL_HEADERS.id] !== undefined) offer = offerBody(broker, reply);
    if (offer !== undefined) {
      lifetime.liftDeadline();
      lifetime.signal.addEventListener("abort", () => offer?.stop(MeshError.from(lifetime.signal.reason)));
    }
    answer(message, encodeReply(reply, offer));
    isAnswered = true;
    await offer?.done;
    return { handlerMs, error: undefined };
  } catch (thrown) {
    const { handlerMs } = about();
    // Whose worker went is told that, also when everything ends at that moment.
    if (lifetime.reason !== undefined && !(thrown instanceof WorkerGone)) return { handlerMs, error: lifetime.reason };
    const error = MeshError.from(thrown);
    if (error.code === "internal") log.error("a call of a worker failed unexpectedly", { callId, error: thrown });
    // Who may send it again asks whether anybody holds it, and finds that nobody does.
    const isSentAgain = error instanceof WorkerGone && isRepeatable(message);
    if (!isAnswered && !isSentAgain) answerFailure(message, error, about(), log);
    return { handlerMs, error };
  } finally {
    offer?.stop(new MeshError("cancelled", "the call is over"));
    lifetime.settle();
  }
}

function answer(message: IncomingMessage, reply: Message): void {
  try {
    message.reply(reply);
  } catch (error) {
    if (!(error instanceof MeshError) || error.code !== "payload_too_large") throw error;
    // Not the caller's fault, of whose params the code would speak.
    throw new MeshError("function_failed", "the function's result is larger than the broker takes", { cause: error });
  }
}

/** Whether its caller sends the call again when it is lost. */
function isRepeatable({ headers }: IncomingMessage): boolean {
  return headers[CALL_HEADERS.idempotencyKey] !== undefined && offeredBody(headers) === undefined;
}
