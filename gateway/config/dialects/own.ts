import type { Findings } from "../findings.ts";
import { type SourceNode, itemsOf, mapEntries, withValue } from "../source-node.ts";
import { readAs } from "../yaml-version.ts";
import { gatherKeys } from "./project-keys.ts";

/** Our own dialect: the shape of the configuration itself, with `secret` and `secrets` as short forms of `auth`. */
export function convertOwn(root: SourceNode, findings: Findings): SourceNode {
  return mapEntries(readAs("1.2", root, findings), (value, key) => {
    const projects = key === "projects" ? itemsOf(value) : undefined;
    if (projects === undefined) return value;
    return withValue(
      value,
      projects.map((project) => gatherKeys(project, findings)),
    );
  });
}
