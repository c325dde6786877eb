import type { Findings } from "../findings.ts";
import { type SourceNode, entriesOf, keyPlace, withValue } from "../source-node.ts";

/** A project with its `secret` or `secrets` moved to where keys live: `auth.secrets`. */
export function gatherKeys(project: SourceNode, findings: Findings): SourceNode {
  const entries = entriesOf(project);
  const secret = entries?.get("secret");
  const secrets = entries?.get("secrets");
  const short = secret ?? secrets;
  if (entries === undefined || short === undefined) return project;

  const rest = new Map([...entries].filter(([key]) => key !== "secret" && key !== "secrets"));
  const auth = rest.get("auth");
  const authEntries = auth === undefined ? new Map<string, SourceNode>() : entriesOf(auth);
  const isTwice = (secret !== undefined && secrets !== undefined) || authEntries?.has("secrets") === true;
  if (isTwice) {
    findings.problem(
      keyPlace(short),
      'secrets are given in two places; keep one of "secret", "secrets", "auth.secrets"',
    );
  }
  // An `auth` that is no mapping stays as it is: the schema says so.
  if (authEntries !== undefined) {
    const list = secret === undefined ? short : withValue(short, [short]);
    rest.set("auth", withValue(auth ?? short, new Map([...authEntries, ["secrets", list]])));
  }
  return withValue(project, rest);
}
