import type { Findings } from "../findings.ts";
import {
  type SourceNode,
  entriesOf,
  entryOf,
  isPresent,
  itemsOf,
  keyPlace,
  mapEntries,
  withValue,
} from "../source-node.ts";
import { warnUnused } from "./unused.ts";
import { asText } from "./written-text.ts";

/** What an administrator's entry holds: theirs, and ours, so that it can be kept while moving. */
const KEYS = ["user", "pass", "scopes", "role", "projects"];
/** The scope of whoever may see every project. */
const ALL = "all";

/**
 * `admin.{secret, users}`: `scopes: { <project>: […] }` says which projects somebody may see and change, `all` stands for
 * each of them. What is empty, as the files that the gateway of 2019 wrote have it, is left out.
 */
export function convertAdministrators(admin: SourceNode, findings: Findings): SourceNode {
  return mapEntries(admin, (value, key) => {
    if (key === "secret") return isWritten(value) ? asText(value) : undefined;
    if (key !== "users") return value;
    if (!isPresent(value)) return undefined;
    const users = itemsOf(value);
    return users === undefined
      ? value
      : withValue(
          value,
          users.flatMap((user) => convertUser(user, findings) ?? []),
        );
  });
}

function convertUser(user: SourceNode, findings: Findings): SourceNode | undefined {
  if (entriesOf(user) === undefined) return user;
  if (!isWritten(entryOf(user, "pass"))) {
    findings.warning(user, "has no password, so nobody can log in by this name");
    return undefined;
  }
  const kept = mapEntries(user, (value, key) => {
    if (key === "user" || key === "pass") return asText(value);
    if (!KEYS.includes(key)) warnUnused(value, { key, known: KEYS, findings });
    return key === "role" || key === "projects" ? value : undefined;
  });
  const scopes = entryOf(user, "scopes");
  const scoped = entriesOf(scopes);
  if (scopes === undefined || scoped === undefined || scoped.has(ALL) || entryOf(user, "projects") !== undefined) {
    return kept;
  }
  const ids = [...scoped].map(([id, scope]) => ({ ...withValue(scope, id), ...keyPlace(scope) }));
  return withValue(user, new Map([...(entriesOf(kept) ?? []), ["projects", withValue(scopes, ids)]]));
}

function isWritten(node: SourceNode | undefined): boolean {
  return isPresent(node) && node.value !== "";
}
