import { convertOwn } from "./dialects/own.ts";
import { convertSpaceCloud } from "./dialects/space-cloud.ts";
import type { Findings } from "./findings.ts";
import { type SourceNode, entryOf, itemsOf } from "./source-node.ts";

/** Turns a file's tree into the tree of our own shape. What does not fit is left for the schema to name. */
export type Dialect = (root: SourceNode, findings: Findings) => SourceNode;

/**
 * The dialect a file is written in. Space Cloud put functions under `modules`, and before v0.11 the file was one
 * project by itself.
 */
export function detectDialect(root: SourceNode): Dialect {
  const has = (key: string) => entryOf(root, key) !== undefined;
  const projects = entryOf(root, "projects");
  const isSpaceCloud =
    projects === undefined
      ? has("modules") || (has("id") && !has("services"))
      : itemsOf(projects)?.some((project) => entryOf(project, "modules") !== undefined) === true;
  return isSpaceCloud ? convertSpaceCloud : convertOwn;
}
