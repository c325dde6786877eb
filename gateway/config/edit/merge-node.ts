import { type Document, type YAMLMap, isMap, isNode, isScalar } from "yaml";
import * as v from "valibot";
import { ruleSchema } from "../../../mesh/rule.ts";
import { compactRecord, compactRule } from "../compact.ts";
import { type Plain, isPlain } from "../own-value.ts";
import { onOneLine } from "../print-config.ts";
import { isSameValue } from "../same-value.ts";
import { recordSchema } from "../schema/record.ts";

/** Makes a mapping hold exactly `wanted`. What means the same already is not touched. */
export function mergeMap(document: Document, map: YAMLMap, wanted: Plain): void {
  for (const { key } of [...map.items]) {
    if (!Object.hasOwn(wanted, keyText(key))) map.delete(key);
  }
  for (const [key, value] of Object.entries(wanted)) {
    const node: unknown = map.get(key, true);
    const before = toPlain(document, node);
    if (node !== undefined && means(key, before, value)) continue;
    if (isMap(node) && isPlain(value) && !LEAVES.has(key)) mergeMap(document, node, value);
    else {
      const created = document.createNode(written(key, value), { aliasDuplicateObjects: false });
      onOneLine(created);
      map.set(map.items.find((pair) => keyText(pair.key) === key)?.key ?? key, created);
    }
  }
}

/** Values that are replaced as a whole. */
const LEAVES: ReadonlySet<string> = new Set(["rule", "record", "example", "publish", "subscribe", "registration"]);

/** Whether values mean the same, however their rules and records are written. */
export function isSameMeaning(a: unknown, b: unknown): boolean {
  return isSameValue(deepMeaning("", a), deepMeaning("", b));
}

function deepMeaning(key: string, value: unknown): unknown {
  if (LEAVES.has(key) || !isPlain(value)) return meaning(key, value);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, deepMeaning(name, part)]));
}

function means(key: string, before: unknown, value: unknown): boolean {
  return isSameValue(meaning(key, before), meaning(key, value));
}

function meaning(key: string, value: unknown): unknown {
  const schema = key === "rule" ? ruleSchema : key === "record" ? recordSchema : undefined;
  const parsed = schema === undefined ? undefined : v.safeParse(schema, value);
  return parsed?.success === true ? parsed.output : value;
}

function written(key: string, value: unknown): unknown {
  if (key === "rule") return compactRule(value);
  if (key === "record") return compactRecord(value);
  // Entries that are new as a whole.
  return isPlain(value) && key !== "example"
    ? Object.fromEntries(Object.entries(value).map(([name, part]) => [name, written(name, part)]))
    : value;
}

function toPlain(document: Document, node: unknown): unknown {
  return isNode(node) ? (node.toJS(document) as unknown) : node;
}

function keyText(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}
