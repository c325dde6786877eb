import { type SourceNode, entryOf } from "../source-node.ts";
import { readScalar11 } from "../yaml-scalar.ts";

/** What a module's `enabled` said, by the YAML of then; `undefined` when it said nothing. */
export function switchOf(module: SourceNode): unknown {
  const enabled = entryOf(module, "enabled");
  return enabled?.written === undefined ? enabled?.value : readScalar11(enabled.written);
}
