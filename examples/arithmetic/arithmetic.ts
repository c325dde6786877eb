import { setTimeout as pause } from "node:timers/promises";
import { type Context, PublicError, fn, service } from "functions-mesh";
import * as v from "valibot";

// Any Standard Schema will do: zod's and arktype's just as well.
const pair = v.object({ num1: v.number(), num2: v.number() });

/** Exported for its type: `client<typeof arithmetic>()` is all a caller needs. */
export const arithmetic = service(
  "arithmetic",
  {
    sum: fn({ input: pair, description: "Adds two numbers" }, ({ num1, num2 }) => ({ sum: num1 + num2 })),

    divide: fn({ input: pair, errors: { division_by_zero: v.object({ num1: v.number() }) } }, ({ num1, num2 }) => {
      if (num2 === 0) {
        const reason = "division_by_zero";
        throw new PublicError("a number cannot be divided by 0", { status: 422, reason, data: { num1 } });
      }
      return { quotient: num1 / num2 };
    }),

    // One function may call another, here or in any other service: caller, trace and deadline go along.
    average: fn({ input: pair }, async (both, context): Promise<{ average: number }> => {
      const { sum } = await context.client<typeof arithmetic>().arithmetic.sum(both);
      return { average: sum / 2 };
    }),

    // What a generator yields reaches the caller at once. When the caller leaves, the signal fires and counting ends.
    count: fn({ input: v.object({ to: v.pipe(v.number(), v.maxValue(1000)) }) }, async function* ({ to }, { signal }) {
      for (let number = 1; number <= to; number++) {
        yield number;
        await pause(300, undefined, { signal });
      }
    }),

    // A plain function is enough where nothing needs checking.
    whoami: (_params: unknown, { claims }: Context) => claims,
  },
  { version: "1.0.0", description: "Adds and divides" },
);

await arithmetic.start();
