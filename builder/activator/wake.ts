import type { Broker, Message } from "../../mesh/broker.ts";
import { CALL_HEADERS, decodeReply } from "../../mesh/call.ts";
import { MeshError } from "../../mesh/errors.ts";
import { functionSubject } from "../../mesh/subjects.ts";
import { NobodyThere } from "../../mesh/nobody-there.ts";
import { pause } from "../../mesh/pause.ts";
import type { OnDemand } from "../deployer.ts";
import { unlessAborted } from "../registry/unless-aborted.ts";
import type { CallInHand } from "./call-in-hand.ts";

/** What a call needs to be brought to an instance. */
export interface WakeParts {
  readonly broker: Broker;
  readonly wake: Extract<OnDemand, { kind: "wake" }>["wake"];
}

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 500;
/** So often an instance may be up and not be found, before it is believed that it does not serve what is called. */
const MOST_ABSENCES = 6;

/**
 * Has an instance started and hands the call over to it. What was handed over may run, so that it is handed over anew only when
 * it surely does not: when nobody was there to take it, or whoever took it says that it was too much.
 *
 * @throws DeployError as `wake`; MeshError when the call ends before.
 */
export async function wakeFor(call: CallInHand, { broker, wake }: WakeParts): Promise<void> {
  const { to, signal } = call;
  const { project, service: label } = to;
  let absences = 0;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    await unlessAborted(wake({ project, label }, { signal }), signal);
    signal.throwIfAborted();
    call.isHandedOver = call.mayHaveRun = true;
    try {
      // Its answer comes this way, because only who asks is told that nobody was there.
      const answer = await broker.request(functionSubject(to), call.message, { timeoutMs: call.leftMs, signal });
      if (!isRefused(answer, call)) return call.answer(answer);
      absences = 0;
    } catch (error) {
      if (!(error instanceof NobodyThere)) throw error;
      if (++absences > MOST_ABSENCES) throw notServed(call, error);
    }
    call.isHandedOver = call.mayHaveRun = false;
    await pause(pauseMs, signal);
    signal.throwIfAborted();
  }
}

/**
 * Whether it is the word of a worker whose queue is full: many wait for the first instance. Of a handler that has run, and was
 * refused elsewhere, it says so by the time that took.
 */
function isRefused({ headers, payload }: Message, call: CallInHand): boolean {
  if (headers[CALL_HEADERS.errorCode] === undefined) return false;
  if (headers[CALL_HEADERS.handlerMs] !== undefined && !call.isIdempotent) return false;
  try {
    decodeReply({ headers, payload });
    return false;
  } catch (error) {
    return error instanceof MeshError && error.code === "overloaded";
  }
}

function notServed({ to }: CallInHand, cause: NobodyThere): MeshError {
  const text = `"${to.service}" was started, and serves no function "${to.function}"`;
  return new MeshError("worker_unavailable", text, { retryAfterSeconds: 1, cause });
}
