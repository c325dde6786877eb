import type { Claims } from "../../../mesh/call.ts";
import { MeshError } from "../../../mesh/errors.ts";
import { HOUSE_SERVICES, checkName } from "../../../mesh/names.ts";
import { isForCallsOnly } from "../../auth/calls-only.ts";
import type { Policy } from "../../policy.ts";

/** What a worker wants to serve, and what it shows for it. */
export interface WantedService {
  readonly project: string;
  readonly service: string;
  readonly token: string | undefined;
}

/** How long the rule may take: clients wait for ten seconds in all. */
const DECISION_MS = 5000;
/** Names that meant something to servers of 2019, or mean something in a configuration. */
const RESERVED: ReadonlySet<string> = new Set(["default", "realtime-handler", ...Object.keys(HOUSE_SERVICES)]);

/**
 * Lets a worker serve, or throws.
 *
 * @returns what it was decided by: while that stays the same, so does the answer.
 * @throws MeshError `invalid_request` for a name outside the grammar, `unauthenticated`, `forbidden`.
 */
export async function admit(policy: Policy, { project, service, token }: WantedService): Promise<string> {
  checkName("project", project);
  checkName("service", service);
  if (service.startsWith("_") || RESERVED.has(service)) {
    throw new MeshError("forbidden", `the name "${service}" is reserved; choose another one for the service`);
  }
  const found = policy.project(project);
  if (found?.registration.rule.isOpen === true) return found.registration.basis;
  if (token === undefined) throw new MeshError("unauthenticated", "no token was sent");
  if (found === undefined) throw notTaken(project, new MeshError("unauthenticated", "there is no such project"));
  const { rule, basis } = found.registration;
  let claims: Claims;
  try {
    ({ claims } = await found.verifier.verify(token));
  } catch (error) {
    throw notTaken(project, MeshError.from(error));
  }
  if (isForCallsOnly(claims)) {
    throw new MeshError("forbidden", 'the token is for calls only ("calls_only"); bring one that is for workers');
  }
  const verdict = await rule.evaluate({ auth: claims, params: { service } }, { deadlineMs: Date.now() + DECISION_MS });
  if (verdict.allowed) return basis;
  const text = verdict.message ?? `the rule for workers of project "${project}" refuses the service "${service}"`;
  throw new MeshError("forbidden", text);
}

/** Whether there is such a project learns only who has a token of it: to all others the answer is the same. */
function notTaken(project: string, cause: MeshError): MeshError {
  if (cause.code !== "unauthenticated") return cause;
  const text = `the token is none that project "${project}" takes; it may have expired, or be signed with another key`;
  return new MeshError("unauthenticated", text, { cause });
}
