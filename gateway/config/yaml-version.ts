import type { Findings } from "./findings.ts";
import { type Scalar, type SourceNode, entriesOf, itemsOf, mapEntries, withValue } from "./source-node.ts";
import { type YamlVersion, readScalar11 } from "./yaml-scalar.ts";

/**
 * The tree with every unquoted scalar read by `version`, and a warning for each that the other version would read
 * differently. The warning does not show the value: it may be a secret.
 */
export function readAs(version: YamlVersion, node: SourceNode, findings: Findings): SourceNode {
  if (entriesOf(node) !== undefined) return mapEntries(node, (entry) => readAs(version, entry, findings));
  const items = itemsOf(node);
  if (items !== undefined) {
    return withValue(
      node,
      items.map((item) => readAs(version, item, findings)),
    );
  }
  if (node.written === undefined) return node;
  // A node that is neither a mapping nor a list holds a scalar.
  const newer = node.value as Scalar;
  const older = readScalar11(node.written);
  if (Object.is(newer, older)) return node;
  const [used, other] = version === "1.1" ? [older, newer] : [newer, older];
  const meaning = `unquoted, this is ${kindOf(used)} by YAML ${version}, which is used here`;
  const isBothNumbers = typeof used === "number" && typeof other === "number";
  const difference = `${isBothNumbers ? "another number" : kindOf(other)} by YAML ${version === "1.1" ? "1.2" : "1.1"}`;
  findings.warning(node, `${meaning}, and ${difference}; put text in quotes, write true, false or a plain number`);
  return { ...node, value: used };
}

function kindOf(value: Scalar): string {
  if (typeof value === "boolean") return String(value);
  return typeof value === "number" ? "a number" : "text";
}
