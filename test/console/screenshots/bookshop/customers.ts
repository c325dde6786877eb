import { fn, service } from "functions-mesh";
import * as v from "valibot";

await service(
  "customers",
  {
    isKnown: fn({ description: "Whether a rule lets the caller pay" }, () => ({ ack: true })),
    profile: fn({ input: v.object({ id: v.string() }), description: "Who somebody is" }, ({ id }) => ({
      id,
      name: "Ann",
    })),
  },
  { version: "1.1.0", description: "Who buys here" },
).start();
