import type { IncomingMessage, Message } from "../mesh/broker.ts";
import { CALL_HEADERS, JSON_TYPE, encodeFailure, encodeReply } from "../mesh/call.ts";
import { MeshError } from "../mesh/errors.ts";
import type { Log } from "../mesh/log.ts";
import { decodePayload, encodePayload } from "../mesh/payload.ts";
import type { Caller } from "../mesh/caller.ts";
import { HeaderContext } from "./context.ts";
import type { Handler } from "./function.ts";

const SHORT_TEXT = 500;

/** How one call went. */
export interface Outcome {
  readonly handlerMs: number;
  readonly error: MeshError | undefined;
}

/** Runs the handler for a message and answers it, with the result or with the error; never rejects. */
export async function invoke(
  message: IncomingMessage,
  { handler, caller, log }: { handler: Handler; caller: Caller; log: Log },
): Promise<Outcome> {
  const context = new HeaderContext(message.headers, caller, log);
  const startedAt = performance.now();
  try {
    if (context.deadlineMs <= Date.now()) {
      throw new MeshError("deadline_exceeded", "the caller's time ran out before the function was started");
    }
    const params = decodePayload({
      contentType: message.headers[CALL_HEADERS.contentType] ?? JSON_TYPE,
      payload: message.payload,
    });
    const result = await handler(params, context);
    const handlerMs = performance.now() - startedAt;
    answer(message, encodeReply({ ...encodePayload(result), handlerMs }));
    return { handlerMs, error: undefined };
  } catch (thrown) {
    const handlerMs = performance.now() - startedAt;
    const error = toFailure(thrown);
    if (error !== thrown || error.status >= 500)
      context.log.error("the call failed", { subject: message.subject, error: thrown });
    answerFailure(message, error, { callId: context.callId, handlerMs }, log);
    return { handlerMs, error };
  }
}

/** Refuses a call without running anything. */
export function refuse(message: IncomingMessage, error: MeshError, log: Log): void {
  answerFailure(message, error, { callId: message.headers[CALL_HEADERS.id] ?? "" }, log);
}

/** What the caller gets to see of a thrown value: only MeshErrors (PublicError among them) keep their text. */
function toFailure(thrown: unknown): MeshError {
  if (!(thrown instanceof MeshError)) {
    return new MeshError("function_failed", "the function failed; its log has the details", { cause: thrown });
  }
  if (thrown.code !== "worker_unavailable" && thrown.code !== "broker_unavailable") return thrown;
  // True of the call that this function made. Of this function's own call it would say that nobody received it.
  const { status, message, code: reason, retryAfterSeconds } = thrown;
  return new MeshError("function_failed", message, {
    status,
    reason,
    cause: thrown,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}

function answer(message: IncomingMessage, reply: Message): void {
  try {
    message.reply(reply);
  } catch (error) {
    if (!(error instanceof MeshError) || error.code !== "payload_too_large") throw error;
    const text = "the function's result is larger than the broker takes; return less, or a reference to it";
    throw new MeshError("function_failed", text, { cause: error });
  }
}

function answerFailure(
  message: IncomingMessage,
  error: MeshError,
  about: { callId: string; handlerMs?: number },
  log: Log,
): void {
  // What a function attached to its error may not be JSON or not fit; a caller told nothing would wait in vain.
  for (const version of [error, inShort(error)]) {
    try {
      message.reply(encodeFailure(version, about));
      return;
    } catch (reason) {
      log.warn("an error could not be sent to the caller", { subject: message.subject, error: reason });
    }
  }
}

function inShort({ code, message, status }: MeshError): MeshError {
  return new MeshError(code, message.slice(0, SHORT_TEXT), { status });
}
