/**
 * What it costs to record a call: calls that are not recorded against calls whose result is, and calls that are recorded in
 * full. Every process is its own, the store is a SQLite file. All in one run, in turn, so that a machine whose speed drifts
 * slows everybody. Prints medians and their ratios.
 *
 *   bun bench/recorded-calls.ts [--seconds 1] [--rounds 5] [--connections 64]
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { signDevelopmentToken } from "../gateway/auth/development-token.ts";
import { openHttpCaller } from "./http-caller.ts";
import { type LoadResult, load, quantile } from "./load.ts";
import { startPeer } from "./peers.ts";

const WARM_UP_MS = 4000;
const FUNCTIONS = { "not recorded": "sum", "record: result": "notedSum", "record: full": "recordedSum" } as const;
type Subject = keyof typeof FUNCTIONS;
const SUBJECTS = Object.keys(FUNCTIONS) as Subject[];

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "1" },
    rounds: { type: "string", default: "5" },
    connections: { type: "string", default: "64" },
  },
});

const folder = await mkdtemp(join(tmpdir(), "recorded-calls-"));
const mesh = await startPeer("mesh");
const env = { NATS_URL: mesh.ready["brokerUrl"] ?? "", STORE: join(folder, "functions.db") };
const peers = [await startPeer("worker", env), await startPeer("recorder", env), mesh];
const token = await signDevelopmentToken({
  secret: "a-secret-for-the-benchmark-32-bytes",
  claims: { id: "u1", role: "admin" },
  expiresInSeconds: 3600,
});

const results: Record<Subject, LoadResult[]> = { "not recorded": [], "record: result": [], "record: full": [] };
for (const subject of SUBJECTS) await measure(subject, WARM_UP_MS);
for (let round = 0; round < Number(values.rounds); round++) {
  for (const subject of SUBJECTS) results[subject].push(await measure(subject, Number(values.seconds) * 1000));
}
for (const subject of SUBJECTS) {
  const [rate, p50, p99] = [median(subject, "callsPerSecond"), median(subject, "p50Ms"), median(subject, "p99Ms")];
  const cost = median("not recorded", "callsPerSecond") / rate;
  console.log(
    `${subject.padEnd(15)} ${Math.round(rate).toString().padStart(7)} calls/s   p50 ${p50.toFixed(3)} ms   ` +
      `p99 ${p99.toFixed(3)} ms   ${cost.toFixed(2)} × the cost of a call`,
  );
}
for (const peer of peers) await peer.stop();
await rm(folder, { recursive: true });

async function measure(subject: Subject, forMs: number): Promise<LoadResult> {
  const callers = await Promise.all(
    Array.from({ length: Number(values.connections) }, () =>
      openHttpCaller({
        url: new URL(`/v1/call/bench/arithmetic/${FUNCTIONS[subject]}`, mesh.ready["url"]),
        headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
        body: JSON.stringify({ num1: 10, num2: 20 }),
        expected: '{"sum":30}',
      }),
    ),
  );
  const result = await load(
    callers.map((caller) => caller.call),
    forMs,
  );
  for (const caller of callers) caller.close();
  return result;
}

function median(subject: Subject, of: keyof LoadResult): number {
  return quantile(
    results[subject].map((result) => result[of]).sort((a, b) => a - b),
    0.5,
  );
}
