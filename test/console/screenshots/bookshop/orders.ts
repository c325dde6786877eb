import { setTimeout as pause } from "node:timers/promises";
import { PublicError, fn, service } from "functions-mesh";
import * as v from "valibot";
import type { payments } from "./payments.ts";

const order = v.object({
  book: v.pipe(v.string(), v.title("ISBN"), v.description("Of the book that is ordered")),
  count: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(20)), 1),
  shipping: v.optional(v.picklist(["standard", "express"]), "standard"),
  gift: v.optional(v.pipe(v.boolean(), v.description("Wrapped, without a bill")), false),
});

let next = 1042;

export const orders = service(
  "orders",
  {
    place: fn({ input: order, description: "Takes an order, and has it paid" }, async (wish, context) => {
      await pause(2 + Math.random() * 6);
      const cents = 1299 * wish.count;
      const mesh = context.client<typeof payments>();
      const { receipt } = await mesh.payments.charge({ cents, card: "4242" });
      context.log.info("order placed", { order: `A-${next}`, cents });
      return { order: `A-${next++}`, cents, receipt };
    }),

    cancel: fn(
      {
        input: v.object({ order: v.string(), customer: v.string() }),
        description: "Cancels an order that is not sent",
      },
      ({ order: id }) => {
        if (id.endsWith("7")) throw new PublicError(`order ${id} is on its way already`, { status: 409 });
        return { order: id, state: "cancelled" };
      },
    ),

    track: fn({ input: v.object({ order: v.string() }), description: "Where an order is" }, async ({ order: id }) => {
      await pause(1 + Math.random() * 3);
      return { order: id, state: "packed" };
    }),
  },
  { version: "2.3.1", description: "Takes orders and keeps track of them" },
);

await orders.start();
