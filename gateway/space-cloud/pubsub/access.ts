import type { Claims } from "../../../mesh/call.ts";
import { MeshError } from "../../../mesh/errors.ts";
import type { Policy, ProjectPolicy } from "../../policy.ts";
import type { RuleBudget } from "../../rules.ts";
import type { PubsubAction, PubsubRules } from "./rules.ts";
import { subjectText } from "./subject.ts";

/** A project whose clients may have subjects. */
export interface PubsubProject {
  readonly id: string;
  readonly policy: ProjectPolicy;
  readonly rules: PubsubRules;
}

/** What a client wants to do. */
export interface PubsubIntent {
  readonly action: PubsubAction;
  readonly segments: readonly string[];
}

/** Who wants to do what. */
export interface PubsubRequest extends PubsubIntent {
  readonly token: string | undefined;
}

/**
 * The project that a client means; without a name, the only one there is.
 * @throws MeshError `forbidden` when there is no such project, or it has no subjects: nobody is shown which projects there are.
 */
export function pubsubProject(policy: Policy, named: string | undefined, intent: PubsubIntent): PubsubProject {
  const id = named ?? policy.onlyProject;
  if (id === undefined) throw new MeshError("forbidden", "there is more than one project; name one");
  const project = policy.project(id);
  if (project?.pubsub === undefined) throw noRule(intent);
  return { id, policy: project, rules: project.pubsub };
}

/**
 * Asks the subject's rule. It sees the claims as `args.auth` and what its `:name` segments stand for as `args.params`.
 * @returns the claims that it was shown; `undefined` where it asks for no token.
 * @throws MeshError `forbidden`, `unauthenticated`.
 */
export async function checkAccess(
  { policy, rules }: PubsubProject,
  { action, segments, token }: PubsubRequest,
  budget: RuleBudget,
): Promise<Claims | undefined> {
  const found = rules(segments);
  const rule = found?.rule[action];
  if (found === undefined || rule === undefined) throw noRule({ action, segments });
  if (rule.isOpen) return undefined;
  const { claims } = await policy.verifier.verify(token);
  const verdict = await rule.evaluate({ auth: claims, params: found.params }, budget);
  if (verdict.allowed) return claims;
  const text = `the rule of ${quoted(subjectText(segments))} refuses to let this client ${action}`;
  throw new MeshError("forbidden", verdict.message ?? text);
}

function noRule({ action, segments }: PubsubIntent): MeshError {
  const doing = action === "publish" ? "publishing" : "subscribing";
  return new MeshError("forbidden", `no rule allows ${doing} at ${quoted(subjectText(segments))}`);
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
