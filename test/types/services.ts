import { type } from "arktype";
import * as v from "valibot";
import * as z from "zod";
import { type Context, PublicError, fn, service } from "../../worker-service/runtime/bun.ts";

/** Services as people write them, for the type tests. */
const pair = v.object({ num1: v.number(), num2: v.optional(v.number(), 0) });

export const arithmetic = service("arithmetic", {
  sum: fn({ input: pair, output: v.object({ sum: v.number() }) }, ({ num1, num2 }) => ({ sum: num1 + num2 })),
  plain: ({ num1, num2 }: { num1: number; num2: number }) => num1 * num2,
  now: () => ({ at: new Date(), greet: () => "hello" }),
  whoami: (_params: unknown, { claims }: Context) => claims,
  async *count({ to }: { to: number }) {
    for (let number = 1; number <= to; number++) yield { number, at: new Date() };
  },
  nothing: () => undefined,
  fail: () => {
    throw new Error("always");
  },
  // oxlint-disable-next-line typescript/no-explicit-any, typescript/no-unsafe-return -- untyped JavaScript is what is tested
  untyped: (params: any) => params,
});

export const shop = service("shop", {
  order: fn(
    {
      input: z.object({ item: z.string(), due: z.coerce.date().optional() }),
      output: z.object({ id: z.string() }),
      errors: { out_of_stock: z.object({ left: z.number() }), closed: z.object({ until: z.date() }) },
    },
    async ({ item, due }) => {
      if (item === "moon") throw new PublicError("only 3 left", { reason: "out_of_stock", data: { left: 3 } });
      return await Promise.resolve({ id: `${item}-${due?.getFullYear() ?? 0}` });
    },
  ),
  ticks: fn({ input: type({ to: "number" }), output: type("number") }, async function* ({ to }) {
    for (let tick = 0; tick < to; tick++) yield tick;
  }),
  sizeOf: fn({ receives: "bytes" }, async (bytes) => {
    let size = 0;
    for await (const chunk of bytes) size += chunk.length;
    return size;
  }),
  total: fn({ receives: "items", input: z.object({ price: z.number() }) }, async (items) => {
    let total = 0;
    for await (const { price } of items) total += price;
    return total;
  }),
  picture: () => new Uint8Array(3),
  film: async function* () {
    yield new Uint8Array(3);
  },
});

export const web = service("web", (request) => new Response(request.url));
