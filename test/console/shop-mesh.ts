import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ExampleFolder } from "../support/fmesh.ts";
import { withViewer } from "./people.ts";

/** A service with nested params, streams, bytes and no schema at all. */
const SERVICE = `
import { PublicError, fn, service } from "functions-mesh";
import * as v from "valibot";
const line = v.object({ sku: v.string(), quantity: v.pipe(v.number(), v.integer(), v.minValue(1)) });
const card = v.object({ kind: v.literal("card"), number: v.string() });
const invoice = v.object({ kind: v.literal("invoice"), reference: v.string() });
const order = v.object({
  customer: v.pipe(v.string(), v.email()),
  items: v.array(line),
  shipping: v.picklist(["standard", "express"]),
  isGift: v.boolean(),
  note: v.optional(v.string()),
  payment: v.variant("kind", [card, invoice]),
});
await service("orders", {
  place: fn({ input: order, description: "Places an order" }, (params) => params),
  cancel: () => { throw new PublicError("it was shipped already", { status: 409, reason: "shipped", data: { since: "Monday" } }); },
  picture: () => new Uint8Array([1, 2, 255]),
  legacy: (params: unknown) => ({ legacy: params }),
  endless: async function* (_: unknown, { signal }: { signal: AbortSignal }) {
    for (let n = 1; !signal.aborted; n++) { yield n; await new Promise((resolve) => setTimeout(resolve, 20)); }
  },
}, { version: "2.3.1", description: "Orders of the shop" }).start();
`;

/** To be added to the example: the service, rules for it and for one that nobody serves, and a viewer. */
export async function withShop(example: ExampleFolder): Promise<void> {
  await writeFile(join(example.folder, "orders.ts"), SERVICE);
  await example.edit((text) =>
    withViewer(text)
      .replace("rule: authenticated\n", "rule: authenticated\n            record: full\n")
      .replace(
        "    services:\n",
        "    services:\n      orders: { functions: { refund: { rule: allow }, default: { rule: authenticated } } }\n" +
          "      mailer: { functions: { send: { rule: authenticated } } }\n",
      )
      .replace("- run: arithmetic.ts", "- run: arithmetic.ts\n  - run: orders.ts"),
  );
}
