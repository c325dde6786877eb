import { expect, test } from "vitest";
import type { RecordBatch } from "../../../mesh/recording.ts";
import { decodeBatch } from "../../../mesh/recording.ts";
import { defineService } from "../../../worker-service/service.ts";
import { callNative } from "../calling.ts";
import { startEdge } from "./edge.ts";

const pay = defineService("pay", { charge: ({ cents }: { cents: number }) => ({ paid: cents }) });
const site = defineService("site", () => Response.json({ ok: true }));
const record = { mode: "full", redact: ["payload.card"] };
const config = {
  projects: [
    {
      id: "shop",
      secret: "$SHOP_SECRET",
      services: {
        pay: { functions: { charge: { rule: { rule: "allow" }, record } } },
        site: { functions: { fetch: { rule: { rule: "allow" }, record } } },
      },
    },
  ],
};

test("the object records the calls that are to be recorded, before they are sent and when they end", async () => {
  await using edge = await startEdge({ config, services: [pay, site] });
  const refused = await callNative(edge, "pay/charge", { body: '{"cents":5}' });
  expect(refused.status).toBe(503);

  const batches: RecordBatch[] = [];
  edge.workers.subscribe("record.shop", { queue: "q" }, (message) => {
    batches.push(decodeBatch(message.payload));
    message.reply({ payload: new Uint8Array(0), headers: {} });
  });
  await edge.workers.flush();
  const headers = { "Content-Type": "application/json" };
  const charged = await callNative(edge, "pay/charge", { body: '{"cents":5,"card":"4111"}', headers });
  expect(await charged.json()).toEqual({ paid: 5 });
  expect(await (await fetch(`${edge.url}/v1/http/shop/site/a%20b?q=1`)).json()).toEqual({ ok: true });

  const begun = batches.flatMap((batch) => batch.begun.map(({ source, payload }) => ({ source, payload })));
  expect(begun).toEqual([
    { source: "pay.charge", payload: { cents: 5, card: "[redacted]" } },
    { source: "site.fetch", payload: { method: "GET", path: "/a b", query: { q: "1" } } },
  ]);
  const ended = batches.flatMap((batch) => batch.ended);
  expect(ended).toMatchObject([
    { source: "pay.charge", status: "SUCCESS", response: { paid: 5 } },
    { source: "site.fetch", status: "SUCCESS" },
  ]);
});
