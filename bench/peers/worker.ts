/** A service of ours, and beside it a bare responder on the same kind of connection. */
import { natsBroker } from "../../mesh/broker/nats-bun.ts";
import { silentLog } from "../../mesh/log.ts";
import { host } from "../../worker-service/host.ts";
import type { Context } from "../../worker-service/context.ts";
import { defineService } from "../../worker-service/service.ts";
import { chunks, items } from "./sources.ts";

const broker = natsBroker({ url: process.env["NATS_URL"] ?? "", name: "worker", log: silentLog });
await broker.connect();
broker.subscribe("raw", { queue: "q" }, (message) => message.reply({ payload: message.payload, headers: {} }));
const sum = ({ num1, num2 }: { num1: number; num2: number }) => ({ sum: num1 + num2 });
const arithmetic = defineService("arithmetic", { sum, notedSum: sum, recordedSum: sum });
const streams = defineService("streams", {
  bytes: (params: { bytes: number }) => chunks(params.bytes),
  items: (params: { items: number }) => items(params.items),
  wait: (params: { id: string }, { signal }: Context) => untilAborted(params.id, signal),
  nested: (params: { id: string }, context: Context) => context.call("streams", "wait", params),
});
await host(streams, { broker, project: "bench", log: silentLog });
await host(arithmetic, { broker, project: "bench", log: silentLog });

/** Tells that it runs, and when its signal fired. */
async function untilAborted(id: string, signal: AbortSignal): Promise<void> {
  const tell = (what: string, firedAt: number): void => {
    const payload = new TextEncoder().encode(JSON.stringify({ id, firedAt }));
    broker.publish(`bench.cancellation.${what}`, { payload, headers: {} });
  };
  const aborted = new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => {
      tell("fired", performance.timeOrigin + performance.now());
      resolve();
    });
  });
  tell("begun", 0);
  await aborted;
}

console.log(JSON.stringify({}));
