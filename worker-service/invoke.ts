import type { IncomingMessage, Message } from "../mesh/broker.ts";
import { CALL_HEADERS, JSON_TYPE, encodeFailure, encodeReply } from "../mesh/call.ts";
import { MeshError } from "../mesh/errors.ts";
import type { Log } from "../mesh/log.ts";
import { decodePayload, encodePayload } from "../mesh/payload.ts";
import type { Caller } from "../mesh/caller.ts";
import { HeaderContext } from "./context.ts";
import type { Handler } from "./service.ts";

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
    message.reply(encodeReply({ ...encodePayload(result), handlerMs }));
    return { handlerMs, error: undefined };
  } catch (thrown) {
    const handlerMs = performance.now() - startedAt;
    const error = toFailure(thrown);
    if (error !== thrown || error.status >= 500)
      context.log.error("the call failed", { subject: message.subject, error: thrown });
    answer(message, encodeFailure(error, { callId: context.callId, handlerMs }), log);
    return { handlerMs, error };
  }
}

/** Refuses a call without running anything. */
export function refuse(message: IncomingMessage, error: MeshError, log: Log): void {
  answer(message, encodeFailure(error, { callId: message.headers[CALL_HEADERS.id] ?? "" }), log);
}

/** What the caller gets to see of a thrown value: only MeshErrors (PublicError among them) keep their text. */
function toFailure(thrown: unknown): MeshError {
  if (thrown instanceof MeshError) return thrown;
  return new MeshError("function_failed", "the function failed; its log has the details", { cause: thrown });
}

function answer(message: IncomingMessage, reply: Message, log: Log): void {
  try {
    message.reply(reply);
  } catch (error) {
    // The broker went away meanwhile, or the answer is too large even for an error: the caller's deadline speaks.
    log.warn("an answer could not be sent", { subject: message.subject, error });
  }
}
