import type { Body } from "../mesh/body.ts";
import type { Asker } from "../mesh/broker.ts";
import type { Reply } from "../mesh/call.ts";
import { MeshError } from "../mesh/errors.ts";
import { FUNCTIONS_SERVICE, type FunctionAddress } from "../mesh/names.ts";
import { type Caller, authorize } from "./authorize.ts";
import type { MeshLink } from "./mesh-link.ts";
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
 * From an understood request to the beginning of the function's reply: ask the rule, and send the call on its way.
 *
 * @throws MeshError everything that can go wrong with a call.
 */
export async function dispatch(
  invocation: Invocation,
  project: ProjectPolicy | undefined,
  link: MeshLink,
): Promise<Reply> {
  const { address, caller, call, facts, asker } = invocation;
  const { service, function: name } = address;
  const { callId, requestId, trace, timing } = facts;
  const deadlineMs = Date.now() + call.timeoutMs;

  const granted = authorize(caller, { address, params: call.params, budget: { deadlineMs } }, timing);
  const claimsJson = typeof granted === "string" ? granted : await granted;
  if (deadlineMs <= Date.now())
    throw new MeshError("deadline_exceeded", "the time ran out while the rule was evaluated");

  // Whoever got an answer and then asks for its record finds it.
  if (service === FUNCTIONS_SERVICE) await link.caughtUp(address.project);
  const { idempotencyKey, contentType, payload, stream, httpHead, params } = call;
  return await link.send({
    address,
    call: {
      id: callId,
      requestId,
      trace,
      deadlineMs,
      claimsJson,
      idempotencyKey,
      contentType,
      payload,
      stream,
      httpHead,
    },
    params,
    recordRule: project?.recordFor?.(service, name),
    timeoutMs: call.timeoutMs,
    isNamed: project?.names(service, name) === true,
    parent: trace,
    asker,
    timing,
  });
}
