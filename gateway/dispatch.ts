import type { Body } from "../mesh/body.ts";
import type { Asker, Broker } from "../mesh/broker.ts";
import type { Reply } from "../mesh/call.ts";
import { MeshError } from "../mesh/errors.ts";
import { FUNCTIONS_SERVICE, type FunctionAddress } from "../mesh/names.ts";
import { NobodyThere } from "../mesh/nobody-there.ts";
import { sendCall } from "../mesh/outgoing-call.ts";
import type { Tracing } from "../mesh/tracing.ts";
import { type Caller, authorize } from "./authorize.ts";
import type { ProjectPolicy } from "./policy.ts";
import type { CallRecord, CallRecorder } from "./recording.ts";
import type { RequestFacts } from "./request-facts.ts";

/** What a caller asks for, as its path understood it. */
export interface RequestedCall extends Body {
  readonly timeoutMs: number;
  readonly idempotencyKey: string | undefined;
  /** The params as a value, for rules that look at them. */
  readonly params: () => unknown;
  /** The head of the HTTP request that the call carries. */
  readonly httpHead?: string;
}

/** Who wants to call what, and how. */
export interface Invocation {
  readonly address: FunctionAddress;
  readonly caller: Caller;
  readonly call: RequestedCall;
  readonly facts: RequestFacts;
  /** Who may go away: the HTTP request. */
  readonly asker: Asker;
}

/** What calls are sent with. */
export interface DispatchParts {
  readonly broker: Broker;
  readonly tracing?: Tracing | undefined;
  /** Where calls are recorded; without it none is, whatever the configuration says. */
  readonly recorder?: CallRecorder | undefined;
}

/**
 * From an understood request to the beginning of the function's reply: ask the rule, record, send, wait, record.
 *
 * @throws MeshError everything that can go wrong with a call.
 */
export async function dispatch(
  invocation: Invocation,
  project: ProjectPolicy | undefined,
  { broker, tracing, recorder }: DispatchParts,
): Promise<Reply> {
  const { address, caller, call, facts, asker } = invocation;
  const { timing } = facts;
  const deadlineMs = Date.now() + call.timeoutMs;

  const granted = authorize(caller, { address, params: call.params, budget: { deadlineMs } }, timing);
  const claimsJson = typeof granted === "string" ? granted : await granted;
  if (deadlineMs <= Date.now()) throw timeRanOut("the rule was evaluated");

  const recordRule = project?.recordFor?.(address.service, address.function);
  const { callId, requestId, trace } = facts;
  // Whoever got an answer and then asks for its record finds it.
  if (address.service === FUNCTIONS_SERVICE) await recorder?.caughtUp(address.project);
  let record: CallRecord | undefined;
  if (recordRule !== undefined && recorder !== undefined) {
    record = await recorder.begin(recordRule, { address, callId, traceId: trace.traceId, deadlineMs, call });
    timing.lap("record");
  }
  const sent = {
    id: callId,
    requestId,
    trace,
    deadlineMs,
    claimsJson,
    idempotencyKey: call.idempotencyKey,
    contentType: call.contentType,
    payload: call.payload,
    stream: call.stream,
    httpHead: call.httpHead,
  };
  let reply: Reply;
  try {
    const timeoutMs = deadlineMs - Date.now();
    if (timeoutMs <= 0) throw timeRanOut("the call was recorded");
    reply = await sendCall(broker, address, sent, { timeoutMs, asker, tracing, parent: trace });
    timing.lapRoundTrip(reply.handlerMs);
  } catch (thrown) {
    timing.lap("mesh");
    const error = asTold(thrown, invocation, project);
    if (record !== undefined) {
      await record.failed(MeshError.from(error));
      timing.lap("record");
    }
    throw error;
  }
  if (record === undefined) return reply;
  try {
    await record.succeeded(reply);
  } catch (error) {
    // Nobody is going to read it; that it cannot be cancelled either is its writer's business.
    reply.stream?.bytes.cancel().catch(() => undefined);
    throw error;
  }
  timing.lap("record");
  return reply;
}

function timeRanOut(when: string): MeshError {
  return new MeshError("deadline_exceeded", `the time ran out while ${when}`);
}

/** The error of a call in the words of its caller. */
function asTold(error: unknown, { address, asker }: Invocation, project: ProjectPolicy | undefined): unknown {
  if (asker.signal.aborted) {
    return new MeshError("cancelled", "the caller went away before the answer", { cause: error });
  }
  const isNowhere = error instanceof NobodyThere && !project?.names(address.service, address.function);
  return isNowhere ? notFound(address) : error;
}

/** Nobody serves it and the configuration does not name it: it does not exist, rather than being away. */
function notFound({ service, function: name }: FunctionAddress): MeshError {
  return new MeshError(
    "function_not_found",
    `there is no function "${service}.${name}": it is neither configured nor served`,
  );
}
