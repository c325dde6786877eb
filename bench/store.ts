/**
 * What the record costs: events inserted and settled per second, each with its two notices, in batches of several sizes,
 * on SQLite and on a PostgreSQL that is started for it. The stores take turns, so that a machine whose speed drifts
 * slows both. Prints medians.
 *
 *   bun bench/store.ts [--seconds 1] [--rounds 5]
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openPostgresStore } from "../functions-service/runtime/postgres.ts";
import { openSqliteStore } from "../functions-service/runtime/sqlite.ts";
import type { Store } from "../functions-service/store.ts";
import { silentLog } from "../mesh/log.ts";
import { invocation, notice } from "../test/functions-service/store-samples.ts";
import { startPostgres } from "../test/support/postgres.ts";
import { quantile } from "./load.ts";

const BATCHES = [1, 64, 512];

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "1" }, rounds: { type: "string", default: "5" } },
});
const durationMs = Number(values.seconds) * 1000;
const rounds = Number(values.rounds);

const folder = await mkdtemp(join(tmpdir(), "fmesh-bench-store-"));
const server = await startPostgres();
const stores = {
  SQLite: await openSqliteStore(join(folder, "functions.db"), silentLog),
  PostgreSQL: await openPostgresStore(server.url, silentLog),
};

for (const size of BATCHES) {
  const rates = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, store] of Object.entries(stores)) {
      rates.set(name, [...(rates.get(name) ?? []), await measure(store, size)]);
    }
  }
  console.log(`\nbatches of ${size}`);
  for (const [name, all] of rates) {
    const median = quantile(
      all.toSorted((a, b) => a - b),
      0.5,
    );
    console.log(`  ${name.padEnd(10)} ${Math.round(median).toString().padStart(7)} events/s inserted and settled`);
  }
}
await Promise.all(Object.values(stores).map((store) => store.close()));
await server.close();
await rm(folder, { recursive: true });

async function measure({ events }: Store, size: number): Promise<number> {
  const start = performance.now();
  let count = 0;
  let elapsedMs = 0;
  for (; elapsedMs < durationMs; elapsedMs = performance.now() - start) {
    const ids = Array.from({ length: size }, () => crypto.randomUUID());
    await events.insert(
      ids.map((id) => invocation(id, { traceId: id })),
      ids.map((id) => notice(id)),
    );
    const response = { sum: 30 };
    await events.settle(
      ids.map((id) => ({ id, status: "SUCCESS", response, durationMs: 1.5, notice: notice(id, "success") })),
    );
    count += size;
  }
  return (count / elapsedMs) * 1000;
}
