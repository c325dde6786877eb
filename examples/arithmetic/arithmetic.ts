import { type Context, PublicError, service } from "functions-mesh";

interface Pair {
  num1: number;
  num2: number;
}

const arithmetic = service(
  "arithmetic",
  {
    sum: ({ num1, num2 }: Pair) => ({ sum: num1 + num2 }),

    divide: ({ num1, num2 }: Pair) => {
      if (num2 === 0)
        throw new PublicError("a number cannot be divided by 0", { status: 422, reason: "division_by_zero" });
      return { quotient: num1 / num2 };
    },

    // One function may call another, here or in any other service: caller, trace and deadline go along.
    average: async ({ num1, num2 }: Pair, context: Context) => {
      const { sum } = (await context.call("arithmetic", "sum", { num1, num2 })) as { sum: number };
      return { average: sum / 2 };
    },

    whoami: (_params: unknown, { claims }: Context) => claims,
  },
  { version: "1.0.0", description: "Adds and divides" },
);

await arithmetic.start();
