/**
 * What the record costs: invocations that begin and end per second, in batches of several sizes, with the events that follow
 * from them, on SQLite and on a PostgreSQL that is started for it. The stores take turns, so that a machine whose speed drifts
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
import { begun, ended } from "../test/functions-service/store-samples.ts";
import { startPostgres } from "../test/support/postgres.ts";
import { quantile } from "./load.ts";

const BATCHES = [1, 64, 512];
const PROJECTED_TOGETHER = 1000;

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
    console.log(`  ${name.padEnd(10)} ${Math.round(median).toString().padStart(7)} events/s begun and ended`);
  }
}
await Promise.all(Object.values(stores).map((store) => store.close()));
await server.close();
await rm(folder, { recursive: true });

/** Invocations begin and end in batches, as gateways send them; events follow every so many, as under load. */
async function measure({ journal }: Store, size: number): Promise<number> {
  const start = performance.now();
  let count = 0;
  let behind = 0;
  for (let running: readonly string[] = []; performance.now() - start < durationMs; count += size) {
    const ids = Array.from({ length: size }, () => Bun.randomUUIDv7());
    const beginnings = ids.map((id) => begun(id, { startedAt: Date.now(), traceId: id.replaceAll("-", "") }));
    await journal.append("bench", [...beginnings, ...running.map((id) => ended(id, { response: { sum: 30 } }))]);
    running = ids;
    behind += size;
    if (behind >= PROJECTED_TOGETHER) {
      await journal.project();
      behind = 0;
    }
  }
  await journal.project();
  return (count / (performance.now() - start)) * 1000;
}
