import { expect, test } from "vitest";
import { EDGE_ENTRY, bundleWorker, packagesOf } from "../../support/workerd.ts";

const MAX_GZIPPED_BYTES = 150_000;

/** What the edge is made of. Databases, tracing, metrics, brokers by TCP and whatever else needs a machine stay on the ground. */
const PACKAGES = [
  "@nats-io/nats-core",
  "@nats-io/nkeys",
  "@nats-io/nuid",
  "hono",
  "jose",
  "tweetnacl",
  "valibot",
  "yaml",
];

test("the edge is made of these packages and no others", async () => {
  expect(await packagesOf(EDGE_ENTRY)).toEqual(PACKAGES);
});

test(`the edge is not larger than ${MAX_GZIPPED_BYTES} bytes gzipped`, async () => {
  const bundle = await bundleWorker(EDGE_ENTRY);
  expect(Bun.gzipSync(bundle).length).toBeLessThanOrEqual(MAX_GZIPPED_BYTES);
  expect(bundle).not.toMatch(/from"(?:node|bun):/);
});

test("the same look at what asks databases finds its driver", async () => {
  expect(await packagesOf(EDGE_ENTRY.replace("runtime/workerd.ts", "rules/query/kysely.ts"))).toEqual(["kysely"]);
});
