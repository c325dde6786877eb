/**
 * What a call costs: through the gateway (HS256, a `match` rule) against a bare JSON echo over HTTP and against raw
 * request/reply over the same broker with the same client. All in one run, in turn, so that a machine whose speed
 * drifts slows everybody. Prints medians and their ratios.
 *
 *   bun bench/calls.ts [--seconds 1] [--rounds 5]
 */
import { parseArgs } from "node:util";
import { signDevelopmentToken } from "../gateway/auth/development-token.ts";
import { natsBroker } from "../mesh/broker/nats-bun.ts";
import { silentLog } from "../mesh/log.ts";
import { openHttpCaller } from "./http-caller.ts";
import { type Call, type LoadResult, load, quantile } from "./load.ts";
import { startPeer } from "./peers.ts";

const CONNECTIONS = [1, 64, 256];
const WARM_UP_MS = 4000;

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "1" }, rounds: { type: "string", default: "5" } },
});
const durationMs = Number(values.seconds) * 1000;
const rounds = Number(values.rounds);

const echo = await startPeer("echo");
const mesh = await startPeer("mesh");
const brokerUrl = mesh.ready["brokerUrl"] ?? "";
const worker = await startPeer("worker", { NATS_URL: brokerUrl });
const broker = natsBroker({ url: brokerUrl, name: "bench", log: silentLog });
await broker.connect();

const body = JSON.stringify({ num1: 10, num2: 20 });
const payload = new TextEncoder().encode(body);
const token = await signDevelopmentToken({
  secret: "a-secret-for-the-benchmark-32-bytes",
  claims: { id: "u1", role: "admin" },
  expiresInSeconds: 3600,
});
const json = { "Content-Type": "application/json" };

/** Each subject opens so many callers, to be closed afterwards. */
const subjects = {
  "bare echo": http({ url: new URL("/", echo.ready["url"]), headers: json, body, expected: body }),
  "raw request": (count: number) =>
    Promise.resolve({
      callers: Array.from({ length: count }, (): Call => async () => {
        await broker.request("raw", { payload, headers: {} }, { timeoutMs: 5000 });
      }),
      close: () => undefined,
    }),
  "gateway call": http({
    url: new URL("/v1/call/bench/arithmetic/sum", mesh.ready["url"]),
    headers: { ...json, Authorization: `Bearer ${token}` },
    body,
    expected: '{"sum":30}',
  }),
};
type Subject = keyof typeof subjects;
const names = Object.keys(subjects) as Subject[];

// Until the just-in-time compilers are done, a process is not what it will be for the rest of its life.
for (const name of names) await measure(name, 64, WARM_UP_MS);

for (const count of CONNECTIONS) {
  const results: Record<Subject, LoadResult[]> = { "bare echo": [], "raw request": [], "gateway call": [] };
  for (let round = 0; round < rounds; round++) {
    for (const name of names) results[name].push(await measure(name, count, durationMs));
  }
  report(count, results);
}
await broker.close();
await Promise.all([worker.stop(), mesh.stop(), echo.stop()]);

async function measure(name: Subject, count: number, forMs: number): Promise<LoadResult> {
  const { callers, close } = await subjects[name](count);
  const result = await load(callers, forMs);
  close();
  return result;
}

function http(call: Parameters<typeof openHttpCaller>[0]) {
  return async (count: number) => {
    const open = await Promise.all(Array.from({ length: count }, () => openHttpCaller(call)));
    return { callers: open.map((caller) => caller.call), close: () => open.forEach((caller) => caller.close()) };
  };
}

function report(count: number, results: Record<Subject, LoadResult[]>): void {
  const rate = (name: Subject): number => median(results[name].map((result) => result.callsPerSecond));
  const p50 = (name: Subject): number => median(results[name].map((result) => result.p50Ms));
  console.log(`\n${count} connection${count === 1 ? "" : "s"}`);
  for (const name of names) {
    const p99 = median(results[name].map((result) => result.p99Ms));
    console.log(
      `  ${name.padEnd(13)} ${Math.round(rate(name)).toString().padStart(7)} calls/s   p50 ${p50(name).toFixed(3)} ms   p99 ${p99.toFixed(3)} ms`,
    );
  }
  const call = "gateway call";
  console.log(`  gateway call / bare echo:   ${(rate(call) / rate("bare echo")).toFixed(2)} of its calls/s`);
  console.log(`  gateway call / raw request: ${(p50(call) / p50("raw request")).toFixed(2)} × its p50`);
}

function median(values: readonly number[]): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}
