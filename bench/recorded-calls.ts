/**
 * What it costs to record a call: calls that are not recorded against calls whose result is, and calls that are recorded in
 * full. Every process is its own, the functions service runs as it always does, on a SQLite file. All in one run, in turn, so
 * that a machine whose speed drifts slows everybody. Prints medians and their ratios, and what was put off until later: changes
 * that the events did not show yet when the last call was answered, those that nobody was told of, and how long both took.
 *
 *   bun bench/recorded-calls.ts [--seconds 1] [--rounds 5] [--connections 64]
 */
import { Database } from "bun:sqlite";
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
const store = join(folder, "functions.db");
const env = { NATS_URL: mesh.ready["brokerUrl"] ?? "", STORE: store };
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
const putOff = putOffIn(store);
const lastAnswer = performance.now();
for (let left = putOff; left.toShow + left.toTell > 0; left = putOffIn(store)) await Bun.sleep(5);
const madeUpMs = Math.round(performance.now() - lastAnswer);

for (const subject of SUBJECTS) {
  const [rate, p50, p99] = [median(subject, "callsPerSecond"), median(subject, "p50Ms"), median(subject, "p99Ms")];
  const cost = median("not recorded", "callsPerSecond") / rate;
  console.log(
    `${subject.padEnd(15)} ${Math.round(rate).toString().padStart(7)} calls/s   p50 ${p50.toFixed(3)} ms   ` +
      `p99 ${p99.toFixed(3)} ms   ${cost.toFixed(2)} × the cost of a call`,
  );
}
console.log(
  `put off until the end: ${putOff.toShow} changes to be shown and ${putOff.toTell} to be told of, for ${madeUpMs} ms`,
);
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

/** How many changes of the journal the events do not show yet, and how many the sinks have not confirmed. */
function putOffIn(file: string): { readonly toShow: number; readonly toTell: number } {
  const database = new Database(file, { readonly: true });
  try {
    const end = "(SELECT max(first + count - 1) FROM journal)";
    const sql = `SELECT ${end} - position AS toShow, ${end} - (SELECT min(position) FROM sinks) AS toTell
      FROM journal_marks WHERE name = 'projected'`;
    return database.query<{ toShow: number; toTell: number }, []>(sql).get() ?? { toShow: 0, toTell: 0 };
  } finally {
    database.close();
  }
}

function median(subject: Subject, of: keyof LoadResult): number {
  return quantile(
    results[subject].map((result) => result[of]).sort((a, b) => a - b),
    0.5,
  );
}
