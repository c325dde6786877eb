import { Document, type Node, isMap, isScalar, isSeq, visit } from "yaml";
import type { Plain } from "./own-value.ts";

const WIDTH = 120;
/** What is longer is written over lines. */
const SHORT = 90;

/** A configuration as text: JSON when the file's name says so, else YAML with a comment on top. */
export function printConfig(value: Plain, { filename, comment }: { filename: string; comment: string }): string {
  if (/json$/i.test(filename)) return `${JSON.stringify(value, undefined, 2)}\n`;
  // Words that YAML 1.1 takes for something else are put in quotes: readers of both versions understand them alike.
  const document = new Document(value, { compat: "yaml-1.1", aliasDuplicateObjects: false });
  visit(document, {
    Pair: (_key, { key, value: node }) => {
      if (isScalar(key) && key.value === "functions" && isMap(node)) {
        for (const { value: entry } of node.items) onOneLine(entry);
      }
    },
    Seq: (_key, node) => {
      if (node.items.every((item) => isScalar(item))) onOneLine(node);
    },
  });
  if (comment !== "") document.commentBefore = comment.replaceAll(/^/gm, " ");
  return document.toString({ lineWidth: WIDTH });
}

/** Writes a node on one line if it is short; else the nodes in it that are. */
export function onOneLine(node: unknown): void {
  if (!isMap(node) && !isSeq(node)) return;
  if (node.items.length > 0 && JSON.stringify((node as Node).toJSON()).length <= SHORT) node.flow = true;
  else for (const item of node.items) onOneLine(isMap(node) ? (item as { value: unknown }).value : item);
}
