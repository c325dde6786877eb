import { type Context, fn, service } from "functions-mesh";
import * as v from "valibot";

/** The functions of this service. Save a change while `fmesh dev` runs: it is live at once. */
export const greeter = service("greeter", {
  // A plain function: the caller's params come in, what it returns goes out. The context says who calls.
  hello: (_params: unknown, { claims }: Context) => ({ text: `Hello, ${String(claims["id"])}!` }),

  // With a schema the params are checked before the function runs, and callers know their types.
  greet: fn(
    { input: v.object({ name: v.pipe(v.string(), v.minLength(1)), loudly: v.optional(v.boolean(), false) }) },
    (params) => {
      const text = `Hello, ${params.name}!`;
      return { text: params.loudly ? text.toUpperCase() : text };
    },
  ),

  // A generator streams: each item is with the caller as soon as it is yielded.
  countdown: async function* ({ from }: { from: number }, { signal }: Context) {
    for (let left = from; left > 0 && !signal.aborted; left--) {
      yield left;
      await Bun.sleep(100);
    }
  },
});

if (import.meta.main) await greeter.start();
