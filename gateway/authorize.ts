import { NO_CLAIMS } from "../mesh/call.ts";
import { MeshError } from "../mesh/errors.ts";
import type { FunctionAddress } from "../mesh/names.ts";
import type { ProjectPolicy } from "./policy.ts";
import type { RuleBudget } from "./rules.ts";
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
 * Lets a call through or throws: the one door of the gateway.
 *
 * @returns the claims to pass on, as JSON text: `{}` when the rule asked for no token.
 * @throws MeshError `unauthenticated`, `forbidden`, or `invalid_request` when the rule needs params that cannot be read.
 */
export async function authorize(
  project: ProjectPolicy | undefined,
  { address, token, params, budget }: AccessRequest,
  timing: ServerTiming,
): Promise<string> {
  const rule = project?.ruleFor(address.service, address.function);
  if (project === undefined || rule === undefined) {
    throw new MeshError("forbidden", `no rule allows calling "${address.service}.${address.function}"`);
  }
  if (rule.isOpen) return NO_CLAIMS;

  const verifying = project.verifier.verify(token);
  const { claims, claimsJson } = verifying instanceof Promise ? await verifying : verifying;
  timing.lap("auth");

  const evaluating = rule.evaluate({ auth: claims, params: rule.needsParams ? params() : undefined }, budget);
  const verdict = evaluating instanceof Promise ? await evaluating : evaluating;
  timing.lap("rule");
  if (!verdict.allowed) {
    throw new MeshError(
      "forbidden",
      verdict.message ?? `the rule of "${address.service}.${address.function}" refuses this call`,
    );
  }
  return claimsJson;
}
