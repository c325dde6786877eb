/**
 * What a call costs at the edge: through a Worker whose object owns the connection to the broker, through one that connects for every
 * call, and through the gateway on Bun, all with the same rules, the same broker and the same service. The Workers run in the platform's
 * own server (`workerd`). All in one run, in turn, so that a machine whose speed drifts slows everybody. Prints medians; fails when
 * the object is less than 2.5 times as fast as connecting, with 64 callers.
 *
 *   bun bench/edge.ts [--seconds 0.5] [--rounds 15]
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { signDevelopmentToken } from "../gateway/auth/development-token.ts";
import { EDGE_ENTRY, startWorkerd } from "../test/support/workerd.ts";
import { openHttpCaller } from "./http-caller.ts";
import { type LoadResult, load, quantile } from "./load.ts";
import { startPeer } from "./peers.ts";

const CONNECTIONS = [1, 64];
const WARM_UP_MS = 3000;
const LEAST_RATIO = 2.5;
const SECRET = "a-secret-for-the-benchmark-32-bytes";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "0.5" }, rounds: { type: "string", default: "15" } },
});
const durationMs = Number(values.seconds) * 1000;
const rounds = Number(values.rounds);

const admin = { rule: "match", type: "string", eval: "==", f1: "args.auth.role", f2: "admin" };
const config = {
  projects: [{ id: "bench", secret: SECRET, services: { arithmetic: { functions: { sum: { rule: admin } } } } }],
};
const mesh = await startPeer("mesh");
const brokerUrl = mesh.ready["brokerUrl"] ?? "";
const worker = await startPeer("worker", { NATS_URL: brokerUrl });
const bindings = { FMESH_CONFIG: JSON.stringify(config), NATS_URL: brokerUrl };
const linked = await startWorkerd({ entry: EDGE_ENTRY, bindings });
const connecting = await startWorkerd({ entry: join(import.meta.dirname, "peers/connecting-worker.ts"), bindings });

const token = await signDevelopmentToken({
  secret: SECRET,
  claims: { id: "u1", role: "admin" },
  expiresInSeconds: 3600,
});
const urls = { "on Bun": mesh.ready["url"] ?? "", "with an object": linked.url, "connecting per call": connecting.url };
type Subject = keyof typeof urls;
const names = Object.keys(urls) as Subject[];

for (const name of names) await measure(name, 64, WARM_UP_MS);

let isFast = false;
for (const count of CONNECTIONS) {
  const results: Record<Subject, LoadResult[]> = { "on Bun": [], "with an object": [], "connecting per call": [] };
  for (let round = 0; round < rounds; round++) {
    for (const name of names) results[name].push(await measure(name, count, durationMs));
  }
  isFast = report(count, results) >= LEAST_RATIO;
}
await Promise.all([linked.stop(), connecting.stop(), worker.stop(), mesh.stop()]);
if (!isFast) {
  console.log(`the object is less than ${LEAST_RATIO} times as fast as connecting for every call`);
  process.exitCode = 1;
}

async function measure(name: Subject, count: number, forMs: number): Promise<LoadResult> {
  const url = new URL("/v1/call/bench/arithmetic/sum", urls[name]);
  const headers = { "Content-Type": "application/json", Authorization: `Bearer ${token}` };
  const call = { url, headers, body: JSON.stringify({ num1: 10, num2: 20 }), expected: '{"sum":30}' };
  const callers = await Promise.all(Array.from({ length: count }, () => openHttpCaller(call)));
  const result = await load(
    callers.map((caller) => caller.call),
    forMs,
  );
  callers.forEach((caller) => caller.close());
  return result;
}

/** @returns how many times as fast the object is as connecting. */
function report(count: number, results: Record<Subject, LoadResult[]>): number {
  const rate = (name: Subject): number => median(results[name].map((result) => result.callsPerSecond));
  const p50 = (name: Subject): number => median(results[name].map((result) => result.p50Ms));
  console.log(`${count} connection${count === 1 ? "" : "s"}`);
  for (const name of names) {
    console.log(`  ${name.padEnd(20)} ${rate(name).toFixed(0).padStart(7)} calls/s  p50 ${p50(name).toFixed(3)} ms`);
  }
  // Round by round: what else the machine does in between strikes both or neither.
  const ratios = results["with an object"].map(({ callsPerSecond }, round) => {
    return callsPerSecond / (results["connecting per call"][round]?.callsPerSecond ?? Number.NaN);
  });
  const ratio = median(ratios);
  const addedMs = p50("with an object") - p50("on Bun");
  console.log(`  object / connecting ${ratio.toFixed(2)} ×; ${addedMs.toFixed(3)} ms more than on Bun\n`);
  return ratio;
}

function median(numbers: readonly number[]): number {
  return quantile(
    numbers.toSorted((a, b) => a - b),
    0.5,
  );
}
