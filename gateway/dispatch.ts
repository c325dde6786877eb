import type { Body } from "../mesh/body.ts";
import type { Asker, Broker } from "../mesh/broker.ts";
import type { Reply } from "../mesh/call.ts";
import { MeshError } from "../mesh/errors.ts";
import type { FunctionAddress } from "../mesh/names.ts";
import { sendCall } from "../mesh/outgoing-call.ts";
import type { Tracing } from "../mesh/tracing.ts";
import { type Caller, authorize } from "./authorize.ts";
import type { ProjectPolicy } from "./policy.ts";
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

/**
 * From an understood request to the beginning of the function's reply: ask the rule, send, wait.
 *
 * @throws MeshError everything that can go wrong with a call.
 */
export async function dispatch(
  invocation: Invocation,
  project: ProjectPolicy | undefined,
  { broker, tracing }: { readonly broker: Broker; readonly tracing?: Tracing | undefined },
): Promise<Reply> {
  const { address, caller, call, facts, asker } = invocation;
  const { timing } = facts;
  const deadlineMs = Date.now() + call.timeoutMs;

  const granted = authorize(caller, { address, params: call.params, budget: { deadlineMs } }, timing);
  const claimsJson = typeof granted === "string" ? granted : await granted;
  const leftMs = deadlineMs - Date.now();
  if (leftMs <= 0) throw new MeshError("deadline_exceeded", "the time ran out while the rule was evaluated");

  const sent = {
    id: facts.callId,
    requestId: facts.requestId,
    trace: facts.trace,
    deadlineMs,
    claimsJson,
    idempotencyKey: call.idempotencyKey,
    contentType: call.contentType,
    payload: call.payload,
    stream: call.stream,
    httpHead: call.httpHead,
  };
  try {
    const reply = await sendCall(broker, address, sent, { timeoutMs: leftMs, asker, tracing, parent: facts.trace });
    timing.lapRoundTrip(reply.handlerMs);
    return reply;
  } catch (error) {
    timing.lap("mesh");
    if (asker.signal.aborted)
      throw new MeshError("cancelled", "the caller went away before the answer", { cause: error });
    throw isNowhere(error) && !project?.names(address.service, address.function) ? notFound(address) : error;
  }
}

function isNowhere(error: unknown): boolean {
  return error instanceof MeshError && error.code === "worker_unavailable";
}

/** Nobody serves it and the configuration does not name it: it does not exist, rather than being away. */
function notFound({ service, function: name }: FunctionAddress): MeshError {
  return new MeshError(
    "function_not_found",
    `there is no function "${service}.${name}": it is neither configured nor served`,
  );
}
