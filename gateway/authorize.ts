import { NO_CLAIMS } from "../mesh/call.ts";
import { MeshError } from "../mesh/errors.ts";
import { type FunctionAddress, checkAddress } from "../mesh/names.ts";
import type { VerifiedToken } from "./auth.ts";
import type { ProjectPolicy } from "./policy.ts";
import type { CompiledRule, RuleBudget, Verdict } from "./rules.ts";
import type { ServerTiming } from "./server-timing.ts";

/** A caller who may be heard: the rule to ask about the call, and who calls. */
export interface Caller {
  readonly rule: CompiledRule;
  /** `undefined` where the rule asks for no token. */
  readonly token: VerifiedToken | undefined;
}

/** What the rule has to decide about. */
export interface AccessRequest {
  readonly address: FunctionAddress;
  /** The params as a value; only called for rules that look at them. */
  readonly params: () => unknown;
  readonly budget: RuleBudget;
}

/**
 * The first half of the gateway's one door, before anything of the call is read: there is a rule, and a valid token where it
 * asks for one. Both halves answer at once where they can, which is nearly always: a promise costs a call under load more
 * than its rule does.
 *
 * @throws MeshError `invalid_request` for names outside the grammar, `forbidden`, `unauthenticated`.
 */
export function authenticate(
  project: ProjectPolicy | undefined,
  address: FunctionAddress,
  token: string | undefined,
): Caller | Promise<Caller> {
  checkAddress(address);
  const rule = project?.ruleFor(address.service, address.function);
  if (project === undefined || rule === undefined) {
    throw new MeshError("forbidden", `no rule allows calling "${address.service}.${address.function}"`);
  }
  if (rule.isOpen) return { rule, token: undefined };
  const verified = project.verifier.verify(token);
  return verified instanceof Promise ? verified.then((late) => ({ rule, token: late })) : { rule, token: verified };
}

/**
 * The second half: the rule lets the call through, or it throws.
 *
 * @returns the claims to pass on, as JSON text: `{}` when the rule asked for no token.
 * @throws MeshError `forbidden`, or `invalid_request` when the rule needs params that cannot be read.
 */
export function authorize(
  { rule, token }: Caller,
  request: AccessRequest,
  timing: ServerTiming,
): string | Promise<string> {
  if (token === undefined) return NO_CLAIMS;
  const { claims, claimsJson } = token;
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
