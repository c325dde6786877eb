import type { Findings } from "../findings.ts";
import { type SourceNode, entriesOf, keyPlace, withValue } from "../source-node.ts";

/** v0.7 (`faas`) and v0.8 (`functions` with nothing but `nats`) knew no rules: every call was let through. */
export function convertEngine(module: SourceNode, findings: Findings): SourceNode {
  if (entriesOf(module) === undefined) {
    findings.problem(module, "the functions section must be a mapping");
  } else {
    findings.warning(
      keyPlace(module),
      'the section holds no rules, so no function may be called; list functions and their rules under "services"',
    );
  }
  return withValue(module, new Map());
}
