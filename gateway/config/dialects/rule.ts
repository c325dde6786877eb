import type { Findings } from "../findings.ts";
import { type SourceNode, entriesOf, itemsOf, keyPlace, mapEntries, plainValue, withValue } from "../source-node.ts";
import { readAs } from "../yaml-version.ts";
import { asText } from "./written-text.ts";

/** The fields each kind of rule looked at. */
const FIELDS: ReadonlyMap<unknown, readonly string[]> = new Map([
  ["allow", []],
  ["deny", []],
  ["authenticated", []],
  ["match", ["type", "eval", "f1", "f2"]],
  ["and", ["clauses"]],
  ["or", ["clauses"]],
  ["query", ["db", "col", "find"]],
  ["func", ["service", "func"]],
  ["webhook", ["url"]],
]);

/** Fields that were text whatever they looked like; the others were values. */
const TEXT_FIELDS = new Set(["rule", "type", "eval", "db", "col", "service", "func", "url"]);

/**
 * A rule of 2019: fields its kind never looked at are dropped (`message`, which is ours, is not), a missing list of
 * clauses is an empty one, and a clause that only compares is a `match`, which every clause was.
 */
export function convertRule(rule: SourceNode, findings: Findings): SourceNode {
  return convert(rule, { findings, isClause: false });
}

function convert(rule: SourceNode, { findings, isClause }: { findings: Findings; isClause: boolean }): SourceNode {
  const entries = entriesOf(rule);
  if (entries === undefined) return asText(rule);
  const named = entries.get("rule");
  const kind = named === undefined ? undefined : asText(named).value;
  const isBareMatch = isClause && (kind === undefined || kind === null || kind === "") && entries.has("eval");
  const fields = FIELDS.get(isBareMatch ? "match" : kind);

  const kept = mapEntries(rule, (value, key) => {
    if (key === "rule") return isBareMatch ? withValue(value, "match") : asText(value);
    if (fields !== undefined && key !== "message" && !fields.includes(key)) {
      if (!isEmpty(value)) findings.warning(keyPlace(value), `a rule ${JSON.stringify(kind)} does not look at this`);
      return undefined;
    }
    if (key === "clauses") return convertClauses(value, findings);
    return TEXT_FIELDS.has(key) ? asText(value) : readAs("1.1", value, findings);
  });
  const added = new Map(entriesOf(kept));
  if (isBareMatch) added.set("rule", withValue(rule, "match"));
  if (fields?.includes("clauses") === true && !added.has("clauses")) added.set("clauses", withValue(rule, []));
  return withValue(rule, added);
}

function convertClauses(clauses: SourceNode, findings: Findings): SourceNode {
  if (clauses.value === null) return withValue(clauses, []);
  const items = itemsOf(clauses);
  if (items === undefined) return clauses;
  return withValue(
    clauses,
    items.map((clause) => convert(clause, { findings, isClause: true })),
  );
}

function isEmpty(node: SourceNode): boolean {
  const value = plainValue(node);
  return value === null || value === "" || (typeof value === "object" && Object.keys(value).length === 0);
}
