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

/** Who wants to do what. */
export interface PubsubRequest {
  readonly action: PubsubAction;
  readonly segments: readonly string[];
  readonly token: string | undefined;
}

/**
 * The project that a client means; without a name, the only one there is.
 * @throws MeshError `forbidden` when there is no such project, `function_not_found` when it has no subjects.
 */
export function pubsubProject(policy: Policy, named: string | undefined): PubsubProject {
  const id = named ?? policy.onlyProject;
  const project = id === undefined ? undefined : policy.project(id);
  if (id === undefined) throw new MeshError("forbidden", "there is more than one project; name one");
  if (project === undefined) throw new MeshError("forbidden", `no rule allows anything in project ${quoted(id)}`);
  if (project.pubsub === undefined) throw new MeshError("function_not_found", "This feature isn't enabled");
  return { id, policy: project, rules: project.pubsub };
}

/**
 * Asks the subject's rule. It sees the claims as `args.auth` and what its `:name` segments stand for as `args.params`.
 * @throws MeshError `forbidden`, `unauthenticated`.
 */
export async function checkAccess(
  { policy, rules }: PubsubProject,
  { action, segments, token }: PubsubRequest,
  budget: RuleBudget,
): Promise<void> {
  const found = rules(segments);
  const rule = found?.rule[action];
  if (found === undefined || rule === undefined) {
    const doing = action === "publish" ? "publishing" : "subscribing";
    throw new MeshError("forbidden", `no rule allows ${doing} at ${quoted(subjectText(segments))}`);
  }
  if (rule.isOpen) return;
  const { claims } = await policy.verifier.verify(token);
  const verdict = await rule.evaluate({ auth: claims, params: found.params }, budget);
  if (verdict.allowed) return;
  const text = `the rule of ${quoted(subjectText(segments))} refuses to let this client ${action}`;
  throw new MeshError("forbidden", verdict.message ?? text);
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
