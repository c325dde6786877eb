import { beforeEach } from "vitest";
import { type TestMesh, type TestMeshOptions, shopConfig } from "../support/mesh.ts";
import type { BrokerKind } from "../support/nats.ts";
import { meshForSuite } from "./calling.ts";
import { type Watched, newWatched, streaming } from "./streaming.ts";

/**
 * A mesh with {@link streaming} for all tests of a suite, and what its functions tell during the present one. Everybody
 * may call them, unless the configuration says otherwise.
 */
export function streamingSuite(
  kind: BrokerKind,
  config: TestMeshOptions["config"] = shopConfig({ streaming: { default: { rule: "allow" } } }),
): { readonly mesh: () => TestMesh; readonly watched: () => Watched } {
  let current: Watched;
  const watched = (): Watched => current;
  beforeEach(() => {
    current = newWatched();
  });
  return { mesh: meshForSuite({ kind, config, services: [streaming(watched)] }), watched };
}
