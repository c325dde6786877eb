import type { Asker } from "../../mesh/broker.ts";
import { JSON_TYPE } from "../../mesh/call.ts";
import { MeshError } from "../../mesh/errors.ts";
import { tooLarge } from "../../mesh/gather.ts";
import type { FunctionAddress } from "../../mesh/names.ts";
import type { Span, SpanAttributes } from "../../mesh/tracing.ts";
import { authenticate } from "../authorize.ts";
import { noteOutcome } from "../call-outcome.ts";
import type { CallParts } from "../call-path.ts";
import { type RequestedCall, dispatch } from "../dispatch.ts";
import type { Limits, Policy } from "../policy.ts";
import { type RequestFacts, requestFacts, traceParent } from "../request-facts.ts";
import { ruleParams } from "../rule-params.ts";
import { jsonResult } from "./answer.ts";
import { bodyTimeoutMs } from "./timeout.ts";

/** What calls of one kind come by. */
export interface MessageWay {
  /** How metrics name it. */
  readonly route: string;
  readonly span: { readonly name: string; readonly attributes: SpanAttributes };
}

/** A call of a client of 2019 that did not come as an HTTP request with a path and a body. */
export interface CallMessage {
  /** What came beside it: its trace, and a request id. */
  readonly headers: Headers;
  /** Empty: the only project there is. */
  readonly project: string;
  readonly service: string;
  readonly function: string;
  /** The JWT itself; empty: none. */
  readonly token: string;
  /** JSON; empty: `null`. */
  readonly params: Uint8Array;
  /** In the unit that its size tells. */
  readonly timeout: number;
  /** Who may go away. */
  readonly asker: Asker;
}

/** How such a call ended. */
export interface MessageAnswer {
  /** 403 for every refusal, 500 for everything else that went wrong. */
  readonly status: 200 | 403 | 500;
  /** What went wrong; empty when nothing did. */
  readonly error: string;
  /** The result's JSON; empty when something went wrong. */
  readonly result: Uint8Array;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const NULL = new TextEncoder().encode("null");
const NOTHING = new Uint8Array(0);

/** Answers such calls by the rules, limits, records and counts of all calls. Never throws. */
export function messageCalls(way: MessageWay, parts: CallParts): (message: CallMessage) => Promise<MessageAnswer> {
  const { policy, tracing } = parts;
  return async (message) => {
    const { headers, service, function: name } = message;
    const span = tracing?.start({ kind: "server", ...way.span, parent: traceParent(headers) });
    const facts = requestFacts(headers, span?.context);
    // A configuration saved from here on is the next call's.
    const inForce = policy.current;
    const address = { project: message.project || (inForce.onlyProject ?? ""), service, function: name };
    let answer: MessageAnswer;
    let thrown: unknown;
    try {
      const result = await within(span, () => call(message, { address, facts, policy: inForce }, parts));
      answer = { status: 200, error: "", result };
    } catch (failure) {
      thrown = failure;
      const { code, message: text } = MeshError.from(failure);
      const isRefused = code === "unauthenticated" || code === "forbidden";
      answer = { status: isRefused ? 403 : 500, error: text, result: NOTHING };
    }
    span?.end({ error: thrown });
    noteOutcome(parts, { route: way.route, status: answer.status, facts, address, policy: inForce, thrown });
    return answer;
  };
}

interface Understood {
  readonly address: FunctionAddress;
  readonly facts: RequestFacts;
  readonly policy: Policy;
}

async function call(
  message: CallMessage,
  { address, facts, policy }: Understood,
  { link }: CallParts,
): Promise<Uint8Array> {
  if (address.project === "") {
    throw new MeshError("invalid_request", "the call names no project, and there is not exactly one; name it");
  }
  const project = policy.project(address.project);
  const caller = await authenticate(project, address, message.token || undefined);
  if (caller.token !== undefined) facts.timing.lap("auth");
  const requested = read(message, policy.limits);
  facts.timing.lap("body");
  const { asker } = message;
  return jsonResult(await dispatch({ address, caller, call: requested, facts, asker }, project, link));
}

/** @throws MeshError `payload_too_large`, `invalid_request` for params that are not JSON. */
function read({ params, timeout }: CallMessage, limits: Limits): RequestedCall {
  if (params.length > limits.maxBodyBytes) throw tooLarge(limits.maxBodyBytes);
  if (params.length > 0) checkJson(params);
  const payload = params.length === 0 ? NULL : params;
  return {
    timeoutMs: bodyTimeoutMs(timeout, limits),
    idempotencyKey: undefined,
    contentType: JSON_TYPE,
    payload,
    params: () => ruleParams({ contentType: JSON_TYPE, payload }),
  };
}

function checkJson(params: Uint8Array): void {
  try {
    JSON.parse(decoder.decode(params));
  } catch (cause) {
    throw new MeshError("invalid_request", "the params are not JSON", { cause });
  }
}

function within<T>(span: Span | undefined, work: () => T): T {
  return span === undefined ? work() : span.run(work);
}
