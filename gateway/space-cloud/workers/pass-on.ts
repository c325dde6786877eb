import { answerFailure } from "../../../mesh/answer-failure.ts";
import { askFunction } from "../../../mesh/ask-function.ts";
import type { Broker, IncomingMessage } from "../../../mesh/broker.ts";
import { MeshError } from "../../../mesh/errors.ts";
import type { Log } from "../../../mesh/log.ts";
import type { FunctionAddress } from "../../../mesh/names.ts";

/** A call that came on its way while the worker that it was meant for went away: nobody has seen it. */
export interface MissedCall {
  readonly message: IncomingMessage;
  readonly address: FunctionAddress;
  readonly callId: string;
  readonly deadlineMs: number;
}

/** Sends a call to the others that serve the function, and its caller what they answer; never rejects. */
export async function passOn(
  { message, address, callId, deadlineMs }: MissedCall,
  { broker, log }: { readonly broker: Broker; readonly log: Log },
): Promise<void> {
  try {
    const timeoutMs = Math.max(1, deadlineMs - Date.now());
    message.reply(await askFunction(broker, address, message, { timeoutMs }));
  } catch (error) {
    answerFailure(message, MeshError.from(error), { callId }, log);
  }
}
