/**
 * What it costs to record a call: calls that are not recorded against calls whose result is, and calls that are recorded in
 * full. Every process is its own, the functions service runs as it always does, on a SQLite file. All in one run, in turn, so
 * that a machine whose speed drifts slows everybody. Prints medians and their ratios, the processors' time for each call, and what
 * was put off until later: bytes in the gateway's folder, changes that the events did not show yet when the last call was answered,
 * those that nobody was told of, and how long both took.
 *
 *   bun bench/recorded-calls.ts [--seconds 1] [--rounds 5] [--connections 64] [--without-folder]
 */
import { Database } from "bun:sqlite";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { signDevelopmentToken } from "../gateway/auth/development-token.ts";
import { cpuMicroseconds } from "./cpu-time.ts";
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
    "without-folder": { type: "boolean", default: false },
  },
});

const folder = await mkdtemp(join(tmpdir(), "recorded-calls-"));
const records = join(folder, "records");
const mesh = await startPeer("mesh", values["without-folder"] ? {} : { RECORDS: records });
const store = join(folder, "functions.db");
const env = { NATS_URL: mesh.ready["brokerUrl"] ?? "", STORE: store };
const worker = await startPeer("worker", env);
const recorder = await startPeer("recorder", env);
const pids = { gateway: mesh.pid, worker: worker.pid, "functions service": recorder.pid, callers: process.pid };
const token = await signDevelopmentToken({
  secret: "a-secret-for-the-benchmark-32-bytes",
  claims: { id: "u1", role: "admin" },
  expiresInSeconds: 3600,
});

/** What a round measured: microseconds of the processors for each call, by process, and the size of the gateway's folder after it. */
interface Round extends LoadResult {
  readonly cpu: Readonly<Record<keyof typeof pids, number>>;
  readonly folderBytes: number;
}

const results: Record<Subject, Round[]> = { "not recorded": [], "record: result": [], "record: full": [] };
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
  const cpu = Object.keys(pids).map((name) => `${name} ${medianCpu(subject, name as keyof typeof pids).toFixed(1)}`);
  console.log(
    `${subject.padEnd(15)} ${Math.round(rate).toString().padStart(7)} calls/s   p50 ${p50.toFixed(3)} ms   ` +
      `p99 ${p99.toFixed(3)} ms   ${cost.toFixed(2)} × the cost of a call\n` +
      `${"".padEnd(15)} µs of the processors: ${cpu.join(", ")}`,
  );
}
const sizes = Object.values(results).flatMap((rounds) => rounds.map(({ folderBytes }) => folderBytes));
console.log(`in the gateway's folder: at most ${Math.max(...sizes)} bytes`);
console.log(
  `put off until the end: ${putOff.toShow} changes to be shown and ${putOff.toTell} to be told of, for ${madeUpMs} ms`,
);
for (const peer of [worker, recorder, mesh]) await peer.stop();
await rm(folder, { recursive: true });

async function measure(subject: Subject, forMs: number): Promise<Round> {
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
  const before = usage();
  const result = await load(
    callers.map((caller) => caller.call),
    forMs,
  );
  const after = usage();
  const folderBytes = await bytesIn(records);
  for (const caller of callers) caller.close();
  const calls = (result.callsPerSecond * forMs) / 1000;
  const cpu = Object.fromEntries(Object.entries(after).map(([name, us]) => [name, (us - (before[name] ?? 0)) / calls]));
  return { ...result, cpu: cpu as Round["cpu"], folderBytes };
}

function usage(): Record<string, number> {
  return Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, cpuMicroseconds(pid)]));
}

/** Those that wait, and those that have been shipped since the newest file was begun: it is removed when it is long enough. */
async function bytesIn(path: string): Promise<number> {
  if (values["without-folder"]) return 0;
  const names = await readdir(path, { recursive: true }).catch(() => []);
  const sizes = names.map(async (name) => (await stat(join(path, name)).catch(() => undefined))?.size ?? 0);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
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
  return middle(results[subject].map((result) => result[of]));
}

function medianCpu(subject: Subject, of: keyof typeof pids): number {
  return middle(results[subject].map(({ cpu }) => cpu[of]));
}

function middle(of: readonly number[]): number {
  return quantile(
    of.toSorted((a, b) => a - b),
    0.5,
  );
}
