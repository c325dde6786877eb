import { NO_CLAIMS } from "../mesh/call.ts";
import { MeshError } from "../mesh/errors.ts";
import type { FunctionAddress } from "../mesh/names.ts";
import type { VerifiedToken } from "./auth.ts";
import type { ProjectPolicy } from "./policy.ts";
import type { CompiledRule, RuleBudget, Verdict } from "./rules.ts";
import type { ServerTiming } from "./server-timing.ts";

/** Who wants to call what. */
export interface AccessRequest {
  readonly address: FunctionAddress;
  readonly token: string | undefined;
  /** The params as a value; only called for rules that look at them. */
  readonly params: () => unknown;
  readonly budget: RuleBudget;
}

/**
 * Lets a call through or throws: the one door of the gateway. Answers at once where it can, which is nearly always: a
 * promise costs a call under load more than its rule does.
 *
 * @returns the claims to pass on, as JSON text: `{}` when the rule asked for no token.
 * @throws MeshError `unauthenticated`, `forbidden`, or `invalid_request` when the rule needs params that cannot be read.
 */
export function authorize(
  project: ProjectPolicy | undefined,
  request: AccessRequest,
  timing: ServerTiming,
): string | Promise<string> {
  const { address, token } = request;
  const rule = project?.ruleFor(address.service, address.function);
  if (project === undefined || rule === undefined) {
    throw new MeshError("forbidden", `no rule allows calling "${address.service}.${address.function}"`);
  }
  if (rule.isOpen) return NO_CLAIMS;
  const verified = project.verifier.verify(token);
  return verified instanceof Promise
    ? verified.then((bearer) => askRule(rule, bearer, request, timing))
    : askRule(rule, verified, request, timing);
}

function askRule(
  rule: CompiledRule,
  { claims, claimsJson }: VerifiedToken,
  request: AccessRequest,
  timing: ServerTiming,
): string | Promise<string> {
  timing.lap("auth");
  const { params, budget } = request;
  const verdict = rule.evaluate({ auth: claims, params: rule.needsParams ? params() : undefined }, budget);
  if (verdict instanceof Promise) return verdict.then((late) => obey(late, claimsJson, request, timing));
  return obey(verdict, claimsJson, request, timing);
}

function obey(verdict: Verdict, claimsJson: string, { address }: AccessRequest, timing: ServerTiming): string {
  timing.lap("rule");
  if (verdict.allowed) return claimsJson;
  const { service, function: name } = address;
  throw new MeshError("forbidden", verdict.message ?? `the rule of "${service}.${name}" refuses this call`);
}
