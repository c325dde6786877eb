import { PublicError } from "../../worker-service/public-error.ts";
import { defineService } from "../../worker-service/service.ts";
import type { Context } from "../../worker-service/context.ts";

/** A shop that asks a stock it does not own. */
export const shop = defineService("shop", {
  order: async ({ item }: { item: string }, context: Context) => {
    const left = await context.call("stock", "take", { item });
    return { item, left };
  },
  whoami: (_params: unknown, { claims }: Context) => claims,
  refuse: (): string => {
    throw new PublicError("not for sale", { status: 409, reason: "not_for_sale", data: { until: "May" } });
  },
  fail: () => {
    throw new RangeError("only the test may read this");
  },
  hang: () => new Promise<never>(() => undefined),
});

/** Somewhere to take things from. */
export const stock = { name: "stock", functions: { take: ({ item }: { item: string }) => item.length } };
