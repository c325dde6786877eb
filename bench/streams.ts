/**
 * What a stream costs: bytes and items out of a function through worker, broker and gateway, against the same out of a bare
 * `Bun.serve`. One stream at a time, in turn, in one run. Prints medians and their ratios.
 *
 *   bun bench/streams.ts [--megabytes 64] [--items 100000] [--rounds 5]
 */
import { parseArgs } from "node:util";
import { quantile } from "./load.ts";
import { startPeer } from "./peers.ts";

const { values } = parseArgs({
  options: {
    megabytes: { type: "string", default: "64" },
    items: { type: "string", default: "100000" },
    rounds: { type: "string", default: "5" },
  },
});
const bytes = Number(values.megabytes) * 1_000_000;
const items = Number(values.items);
const rounds = Number(values.rounds);

const bare = await startPeer("echo");
const mesh = await startPeer("mesh");
const worker = await startPeer("worker", { NATS_URL: mesh.ready["brokerUrl"] ?? "" });

const call = (name: string, params: unknown, accept: string) => () =>
  fetch(`${mesh.ready["url"]}/v1/call/bench/streams/${name}`, {
    method: "POST",
    body: JSON.stringify(params),
    headers: { Accept: accept },
  });

const kinds = {
  bytes: {
    amount: bytes,
    unit: (perSecond: number) => `${(perSecond / 1e6).toFixed(0)} MB/s`,
    bare: () => fetch(`${bare.ready["url"]}/bytes?bytes=${bytes}`),
    mesh: call("bytes", { bytes }, "*/*"),
  },
  items: {
    amount: items,
    unit: (perSecond: number) => `${Math.round(perSecond)} items/s`,
    bare: () => fetch(`${bare.ready["url"]}/items?items=${items}`),
    mesh: call("items", { items }, "application/x-ndjson"),
  },
};

for (const [name, { amount, unit, ...sources }] of Object.entries(kinds)) {
  const rates: Record<keyof typeof sources, number[]> = { bare: [], mesh: [] };
  // The first round warms up.
  for (let round = 0; round <= rounds; round++) {
    for (const source of ["bare", "mesh"] as const) {
      const perSecond = (amount * 1000) / (await readAll(sources[source]));
      if (round > 0) rates[source].push(perSecond);
    }
  }
  const [ofBare, ofMesh] = [median(rates.bare), median(rates.mesh)];
  console.log(`${name}: bare ${unit(ofBare)}, function ${unit(ofMesh)}: ${(ofMesh / ofBare).toFixed(2)} of it`);
}
await Promise.all([worker.stop(), mesh.stop(), bare.stop()]);

/** How long it takes to read a whole response, in milliseconds. */
async function readAll(request: () => Promise<Response>): Promise<number> {
  const startedAt = performance.now();
  const response = await request();
  if (!response.ok) throw new Error(`status ${response.status}: ${await response.text()}`);
  let length = 0;
  for await (const chunk of response.body ?? []) length += chunk.length;
  if (length < items) throw new Error(`only ${length} bytes came`);
  return performance.now() - startedAt;
}

function median(values: readonly number[]): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}
