/**
 * How long after its caller has gone a handler learns of it: HTTP connections that break, requests that are aborted and
 * times that run out, of a function and of one that it calls. Gateway, broker, worker and clients are processes of their
 * own; the clocks are one machine's. Prints medians and 99th percentiles; fails when one of these is above 50 ms.
 *
 *   bun bench/cancellation.ts [--calls 200]
 */
import { parseArgs } from "node:util";
import { natsBroker } from "../mesh/broker/nats-bun.ts";
import { silentLog } from "../mesh/log.ts";
import { quantile } from "./load.ts";
import { startPeer } from "./peers.ts";

const LIMIT_MS = 50;
const TIMEOUT_MS = 100;
const AT_ONCE = 10;

const { values } = parseArgs({ options: { calls: { type: "string", default: "200" } } });
const calls = Number(values.calls);

const mesh = await startPeer("mesh");
const brokerUrl = mesh.ready["brokerUrl"] ?? "";
const worker = await startPeer("worker", { NATS_URL: brokerUrl });
const broker = natsBroker({ url: brokerUrl, name: "bench", log: silentLog });
await broker.connect();

/** What the worker tells of a call: that its handler has begun, and when its signal fired. */
const waiting = new Map<string, { begun: PromiseWithResolvers<void>; fired: PromiseWithResolvers<number> }>();
broker.subscribe("bench.cancellation.*", {}, ({ subject, payload }) => {
  const { id, firedAt } = JSON.parse(new TextDecoder().decode(payload)) as { id: string; firedAt: number };
  const call = waiting.get(id);
  if (subject.endsWith(".begun")) call?.begun.resolve();
  else call?.fired.resolve(firedAt);
});
await broker.flush();

/** Begins a call, gives up once its handler runs, and gives the time at which nobody waited any more. */
type GiveUp = (name: string, id: string, begun: Promise<void>) => Promise<number>;

const ways: Readonly<Record<string, GiveUp>> = {
  async disconnects(name, id, begun) {
    const { hostname, port, pathname } = urlOf(name);
    const body = JSON.stringify({ id });
    const socket = await Bun.connect({ hostname, port: Number(port), socket: { data: () => undefined } });
    socket.write(`POST ${pathname} HTTP/1.1\r\nHost: gateway\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    await begun;
    const goneAt = now();
    socket.terminate();
    return goneAt;
  },
  async aborts(name, id, begun) {
    const controller = new AbortController();
    const { signal } = controller;
    const answer = fetch(urlOf(name), { method: "POST", body: JSON.stringify({ id }), signal }).catch(() => undefined);
    await begun;
    const goneAt = now();
    controller.abort();
    await answer;
    return goneAt;
  },
  async timeouts(name, id) {
    const headers = { "X-Request-Timeout": String(TIMEOUT_MS / 1000) };
    // The time runs from when the gateway has read the request, which is hardly later.
    const goneAt = now() + TIMEOUT_MS;
    await (await fetch(urlOf(name), { method: "POST", body: JSON.stringify({ id }), headers })).text();
    return goneAt;
  },
};

let isSlow = false;
for (const name of ["wait", "nested"]) {
  for (const [way, giveUp] of Object.entries(ways)) {
    await measure(name, giveUp, AT_ONCE * 3);
    const lateMs = await measure(name, giveUp, calls);
    const p99 = quantile(lateMs, 0.99);
    isSlow ||= p99 > LIMIT_MS;
    const told = `p50 ${quantile(lateMs, 0.5).toFixed(1)} ms   p99 ${p99.toFixed(1)} ms   max ${quantile(lateMs, 1).toFixed(1)} ms`;
    console.log(`${String(lateMs.length).padStart(4)} ${way.padEnd(12)} ${name.padEnd(7)} ${told}`);
  }
}
await broker.close();
await Promise.all([worker.stop(), mesh.stop()]);
if (isSlow) throw new Error(`more than one in a hundred handlers learned of it later than after ${LIMIT_MS} ms`);

async function measure(name: string, giveUp: GiveUp, count: number): Promise<number[]> {
  const lateMs: number[] = [];
  for (let done = 0; done < count; done += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, count - done) }, async () => {
      const id = crypto.randomUUID();
      const call = { begun: Promise.withResolvers<void>(), fired: Promise.withResolvers<number>() };
      waiting.set(id, call);
      const goneAt = await giveUp(name, id, call.begun.promise);
      lateMs.push((await call.fired.promise) - goneAt);
      waiting.delete(id);
    });
    await Promise.all(batch);
  }
  return lateMs.sort((a, b) => a - b);
}

function urlOf(name: string): URL {
  return new URL(`/v1/call/bench/streams/${name}`, mesh.ready["url"]);
}

/** The wall clock, which processes share, finer than `Date.now()`. */
function now(): number {
  return performance.timeOrigin + performance.now();
}
