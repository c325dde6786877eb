import { setTimeout as pause } from "node:timers/promises";
import { PublicError, fn, service } from "functions-mesh";
import * as v from "valibot";

let made = 0;

export const payments = service(
  "payments",
  {
    charge: fn(
      { input: v.object({ cents: v.number(), card: v.string() }), description: "Charges a card" },
      async ({ cents }) => {
        made++;
        await pause(made % 23 === 0 ? 180 : 12 + Math.random() * 25);
        if (made % 17 === 0) throw new PublicError("the bank declined the card", { status: 402, reason: "declined" });
        return { receipt: `R-${8000 + made}`, cents };
      },
    ),
    refund: fn({ input: v.object({ receipt: v.string() }), description: "Gives money back" }, async ({ receipt }) => {
      await pause(40);
      return { receipt, state: "refunded" };
    }),
  },
  { version: "1.8.0", description: "Charges cards, gives money back" },
);

await payments.start();
