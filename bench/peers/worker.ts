/** A service of ours, and beside it a bare responder on the same kind of connection. */
import { natsBroker } from "../../mesh/broker/nats-bun.ts";
import { silentLog } from "../../mesh/log.ts";
import { host } from "../../worker-service/host.ts";
import { defineService } from "../../worker-service/service.ts";
import { chunks, items } from "./sources.ts";

const broker = natsBroker({ url: process.env["NATS_URL"] ?? "", name: "worker", log: silentLog });
await broker.connect();
broker.subscribe("raw", { queue: "q" }, (message) => message.reply({ payload: message.payload, headers: {} }));
const arithmetic = defineService("arithmetic", {
  sum: ({ num1, num2 }: { num1: number; num2: number }) => ({ sum: num1 + num2 }),
});
const streams = defineService("streams", {
  bytes: (params: { bytes: number }) => chunks(params.bytes),
  items: (params: { items: number }) => items(params.items),
});
await host(streams, { broker, project: "bench", log: silentLog });
await host(arithmetic, { broker, project: "bench", log: silentLog });
console.log(JSON.stringify({}));
