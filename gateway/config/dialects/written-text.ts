import type { SourceNode } from "../source-node.ts";

/**
 * The node as text: the loaders of 2019 took `12345` or `yes` for the text it was written as wherever they expected
 * text. Lists, mappings and nothing at all stay.
 */
export function asText(node: SourceNode): SourceNode {
  return node.written === undefined || node.value === null ? node : { ...node, value: node.written };
}
