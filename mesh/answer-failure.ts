import type { IncomingMessage } from "./broker.ts";
import { encodeFailure } from "./call.ts";
import { MeshError } from "./errors.ts";
import type { Log } from "./log.ts";

const SHORT_TEXT = 500;

/** Tells the caller what went wrong with its call. Never throws. */
export function answerFailure(
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
