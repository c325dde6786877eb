import type { Remark } from "./findings.ts";
import type { RulesDraft } from "./use-rules-draft.ts";

/** Why changed rules cannot be saved, in one sentence; `undefined` when nothing is in the way. */
export function obstacleTo(
  { texts, isConflict, changed }: Pick<RulesDraft, "texts" | "isConflict" | "changed">,
  remarks: readonly Remark[],
): string | undefined {
  const [broken] = Object.keys(texts);
  if (broken !== undefined) return `The rule of ${broken} cannot be read: fix its text, or discard it`;
  if (isConflict) return "Somebody else saved meanwhile: choose above";
  if (changed.length === 0) return undefined;
  const worst = remarks.find(({ tone }) => tone === "bad");
  if (worst === undefined) return undefined;
  const { entry } = worst;
  const place =
    entry === undefined
      ? worst.path
      : `${entry.service}.${entry.function}${entry.inside === "" ? "" : `, ${entry.inside}`}`;
  return `It cannot be used: ${place === "" ? "" : `${place}: `}${worst.message}`;
}
