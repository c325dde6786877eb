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
import { warnConnection } from "./connection.ts";
import { convertRule } from "./rule.ts";
import { switchOf } from "./switch.ts";
import { warnUnused } from "./unused.ts";
import { asText } from "./written-text.ts";

const KEYS = ["enabled", "broker", "conn", "rules"];
const RULE_KEYS = ["subject", "rule"];

/** v0.12: `pubsub.rules: [{ subject, rule: { publish, subscribe } }]`. `undefined` where nobody may publish or subscribe. */
export function convertPubsub(module: SourceNode | undefined, findings: Findings): SourceNode | undefined {
  if (!isPresent(module)) return undefined;
  const entries = entriesOf(module);
  if (entries === undefined) return module;
  for (const [key, value] of entries) {
    if (!KEYS.includes(key)) warnUnused(value, { key, known: KEYS, findings });
  }
  warnConnection(module, findings);
  if (switchOf(module) !== true) {
    findings.warning(
      keyPlace(module),
      'the section is not switched on, so nobody may publish or subscribe; set "enabled: true"',
    );
    return undefined;
  }
  const rules = entries.get("rules");
  if (!isPresent(rules)) return withValue(module, new Map());
  const items = itemsOf(rules);
  const converted =
    items === undefined
      ? rules
      : withValue(
          rules,
          items.map((item) => convertItem(item, findings)),
        );
  return withValue(module, new Map([["rules", converted]]));
}

function convertItem(item: SourceNode, findings: Findings): SourceNode {
  const entries = entriesOf(item);
  if (entries === undefined) return item;
  for (const [key, value] of entries) {
    if (!RULE_KEYS.includes(key)) warnUnused(value, { key, known: RULE_KEYS, findings });
  }
  const rule = entryOf(item, "rule");
  const rules = !isPresent(rule)
    ? []
    : (entriesOf(mapEntries(rule, (value) => (isPresent(value) ? convertRule(value, findings) : undefined))) ?? []);
  const subject = entries.get("subject");
  return withValue(
    item,
    new Map([...(subject === undefined ? [] : [["subject", asText(subject)] as const]), ...rules]),
  );
}
