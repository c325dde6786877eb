import type { Findings } from "../findings.ts";
import { nearest } from "../nearest.ts";
import { type SourceNode, keyPlace } from "../source-node.ts";

/** Warns of a section of 2019 that means nothing here, or of a slip of the pen in one that does (`known`). */
export function warnUnused(
  section: SourceNode,
  { key, known, findings }: { key: string; known: readonly string[]; findings: Findings },
): void {
  const meant = nearest(key, known);
  const hint = meant === undefined ? "remove it when you no longer need it" : `did you mean ${JSON.stringify(meant)}?`;
  findings.warning(keyPlace(section), `the section ${JSON.stringify(key)} has no effect here; ${hint}`);
}
