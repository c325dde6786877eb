import { type ErrorCode, MeshError } from "../mesh/errors.ts";
import type { Log } from "../mesh/log.ts";
import type { FunctionAddress } from "../mesh/names.ts";
import type { GatewayMetrics } from "./metrics.ts";
import type { Policy } from "./policy.ts";
import type { RequestFacts } from "./request-facts.ts";

/** How a call ended. */
export interface CallOutcome {
  /** What it came by, of few different values. */
  readonly route: string;
  /** As its caller was told. */
  readonly status: number;
  readonly facts: RequestFacts;
  /** `undefined` when the request does not say. */
  readonly address: FunctionAddress | undefined;
  /** The policy that it was decided by. */
  readonly policy: Policy;
  /** What was thrown; `undefined` when it went well. */
  readonly thrown: unknown;
}

/** Outcomes that only a worker's answer can have: the function exists, whether the configuration names it or not. */
const ANSWERED: ReadonlySet<ErrorCode | "ok"> = new Set(["ok", "function_failed", "overloaded", "bad_reply"]);

/** Outcomes of callers who were not let through. */
const TURNED_AWAY: ReadonlySet<ErrorCode | "ok"> = new Set([
  "unauthenticated",
  "forbidden",
  "function_not_found",
  "invalid_request",
  "payload_too_large",
]);

/** Counts a call that has ended, and logs what its caller is not told: our own faults, and what a worker without the SDK says of its. */
export function noteOutcome(
  { metrics, log }: { readonly metrics: GatewayMetrics; readonly log: Log },
  { route, status, facts, address, policy, thrown }: CallOutcome,
): void {
  const error = thrown === undefined ? undefined : MeshError.from(thrown);
  const code = error?.code ?? "ok";
  if (code === "internal" || (code === "function_failed" && error?.cause !== undefined))
    log.error("a call failed", { error: thrown, callId: facts.callId, traceId: facts.trace.traceId, ...address });
  metrics.observe({
    route,
    status,
    seconds: facts.timing.elapsedSeconds,
    address: address !== undefined && isLabel(address, code, policy) ? address : undefined,
    code,
  });
}

/** Whether the names may become a metric's labels. Those that callers make up under a `default` rule have no bound. */
function isLabel(address: FunctionAddress, code: ErrorCode | "ok", policy: Policy): boolean {
  if (ANSWERED.has(code)) return true;
  if (TURNED_AWAY.has(code)) return false;
  return policy.project(address.project)?.names(address.service, address.function) === true;
}
