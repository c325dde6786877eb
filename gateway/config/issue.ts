import type * as v from "valibot";
import type { Findings, Place } from "./findings.ts";
import { holdsCredentials } from "./secrets/credentials.ts";
import { isSecretPath } from "./secrets/secret-paths.ts";
import { type SourceNode, entryOf, itemsOf, keyPath, keyPlace } from "./source-node.ts";

/** What the schema library calls the kinds of values, in the words of people who write YAML. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ["Object", "a mapping"],
  ["Array", "a list"],
  ["string", "text"],
  ["number", "a number"],
]);

/**
 * Tells a finding of the schema at the place where its author wrote it; something missing is told at the nearest
 * place around it.
 */
export function reportIssue(
  issue: v.BaseIssue<unknown>,
  { root, findings }: { root: SourceNode; findings: Findings },
): void {
  findings.problem(placeOf(issue, root), messageOf(issue));
}

function placeOf(issue: v.BaseIssue<unknown>, root: SourceNode): Place {
  const steps = issue.path ?? [];
  let node = root;
  for (const [index, step] of steps.entries()) {
    const next = typeof step.key === "number" ? itemsOf(node)?.[step.key] : entryOf(node, String(step.key));
    if (next === undefined) return { path: steps.slice(index).reduce(pathOfStep, node.path), offset: node.offset };
    node = next;
  }
  return steps.at(-1)?.origin === "key" ? keyPlace(node) : node;
}

function pathOfStep(path: string, { key }: v.IssuePathItem): string {
  return typeof key === "number" ? `${path}[${key}]` : keyPath(path, String(key));
}

/** Without the value where that is a secret, or may be one. */
function messageOf(issue: v.BaseIssue<unknown>): string {
  const message = describe(issue);
  const steps = issue.path ?? [];
  const value = steps.at(-1)?.value ?? issue.input;
  if (typeof value !== "string" || value === "") return message;
  const keys = steps.map(({ key }) => (typeof key === "number" ? key : String(key)));
  if (!isSecretPath(keys) && !holdsCredentials(value)) return message;
  return message.replaceAll(JSON.stringify(value), '"…"').replaceAll(`"${value}"`, '"…"');
}

/** The schema's own text, or ours where it only has the library's, which shows the value. */
function describe(issue: v.BaseIssue<unknown>): string {
  if (!issue.message.startsWith("Invalid ")) return issue.message;
  if (issue.path?.at(-1)?.origin === "key") {
    return issue.expected === "never" ? "the key is not known here; remove it" : "is missing; add it";
  }
  return issue.expected === null
    ? "is not valid"
    : `must be ${WORDS.get(issue.expected) ?? issue.expected}, but is ${kindOf(issue.input)}`;
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value === "boolean") return String(value);
  return typeof value === "number" ? "a number" : "other text";
}
