import type { Findings } from "../findings.ts";
import { type SourceNode, entryOf, isPresent } from "../source-node.ts";

const DEFAULT_CONNECTION = "nats://localhost:4222";

/** Warns of the address of a broker of one's own, without showing it: it may hold a password. */
export function warnConnection(module: SourceNode, findings: Findings): void {
  for (const key of ["conn", "nats"]) {
    const connection = entryOf(module, key);
    if (isPresent(connection) && connection.value !== "" && connection.value !== DEFAULT_CONNECTION) {
      findings.warning(connection, 'this address has no effect here; set "broker.url" to use a broker of your own');
    }
  }
}
