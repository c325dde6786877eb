import type { Source } from "./bundling.ts";

/** Every language on every runtime, with a handler that does the same in each. */
export const EVERY_RUNTIME: readonly (Source & { readonly name: string })[] = [
  ...(["bun", "node", "deno"] as const).flatMap((runtime) =>
    (["typescript", "javascript"] as const).map((template) => ({
      name: `${template} on ${runtime}`,
      template,
      runtime,
      dependencies: {},
      handler: handlerIn(template),
    })),
  ),
  {
    name: "python on python",
    template: "python",
    runtime: "python",
    dependencies: {},
    handler: `
import asyncio
import time
from fmesh import PublicError

print("loading")


def handler(data, context):
    data = data if isinstance(data, dict) else {"value": data}
    if data.get("refuse"):
        raise PublicError("only 3 left", status=409, reason="out_of_stock", data={"left": 3})
    if data.get("fail"):
        raise RuntimeError("a secret of the shop")
    if data.get("sleepMs"):
        context.log.info("sleeping")
        time.sleep(data["sleepMs"] / 1000)
    if data.get("nothing"):
        return None
    if data.get("bytes"):
        return b"\\x00\\x01\\x02"
    if data.get("price"):
        return context.call("catalog", "price", {"item": data["price"]})
    return {"got": data, "claims": context.claims, "requestId": context.request_id, "key": context.idempotency_key}
`,
  },
];

function handlerIn(template: "typescript" | "javascript"): string {
  const typed =
    template === "typescript"
      ? "(data: { refuse?: string; [name: string]: any }, context: Context)"
      : "(data, context)";
  const types = template === "typescript" ? `import type { Context } from "functions-mesh";\n` : "";
  return `
import { PublicError } from "functions-mesh";
${types}
console.log("loading");

export default async function ${typed} {
  if (typeof data !== "object") data = { value: data };
  if (data.refuse) throw new PublicError("only 3 left", { status: 409, reason: "out_of_stock", data: { left: 3 } });
  if (data.fail) throw new Error("a secret of the shop");
  if (data.sleepMs) {
    context.log.info("sleeping");
    await new Promise((resolve) => setTimeout(resolve, data.sleepMs));
  }
  if (data.nothing) return undefined;
  if (data.bytes) return new Uint8Array([0, 1, 2]);
  if (data.price) return context.call("catalog", "price", { item: data.price });
  return { got: data, claims: context.claims, requestId: context.requestId, key: context.idempotencyKey ?? null };
}
`;
}
