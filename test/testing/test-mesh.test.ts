import * as v from "valibot";
import { expect, test } from "vitest";
import type { Context } from "../../worker-service/context.ts";
import { fn } from "../../worker-service/function.ts";
import { PublicError } from "../../worker-service/public-error.ts";
import { defineService } from "../../worker-service/service.ts";
import { testMesh } from "../../testing/test-mesh.ts";
import { shop, stock } from "./services.ts";

test("a function is called by its name", async () => {
  await using mesh = await testMesh({ services: [stock] });
  expect(await mesh.call("stock.take", { item: "nut" })).toBe(3);
});

test("a stand-in answers the service under test", async () => {
  await using mesh = await testMesh({ services: [shop, { name: "stock", functions: { take: () => 41 } }] });
  expect(await mesh.call("shop.order", { item: "nut" })).toEqual({ item: "nut", left: 41 });
});

test("every call is recorded, also those between services", async () => {
  await using mesh = await testMesh({ services: [shop, stock], claims: { id: "u1" } });
  await mesh.call("shop.order", { item: "nut" });
  expect(mesh.calls).toMatchObject([
    { name: "shop.order", params: { item: "nut" }, claims: { id: "u1" } },
    { name: "stock.take", params: { item: "nut" }, claims: { id: "u1" } },
  ]);
});

test("claims are the call's own, or else the mesh's", async () => {
  await using mesh = await testMesh({ services: [shop], claims: { id: "u1" } });
  expect(await mesh.call("shop.whoami")).toEqual({ id: "u1" });
  expect(await mesh.call("shop.whoami", undefined, { claims: { id: "u2" } })).toEqual({ id: "u2" });
});

test("what a handler threw is the cause of the caller's error", async () => {
  await using mesh = await testMesh({ services: [shop] });
  const error: unknown = await mesh.call("shop.fail").catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    code: "function_failed",
    message: "the function failed; its log has the details",
    cause: new RangeError("only the test may read this"),
  });
  expect(mesh.calls).toMatchObject([{ name: "shop.fail", error: { message: "only the test may read this" } }]);
});

test("a public error arrives with its reason and data", async () => {
  await using mesh = await testMesh({ services: [shop] });
  await expect(mesh.call("shop.refuse")).rejects.toMatchObject({
    status: 409,
    reason: "not_for_sale",
    data: { until: "May" },
  });
});

test("a service that nobody stands in for is away", async () => {
  await using mesh = await testMesh({ services: [shop] });
  await expect(mesh.call("stock.take")).rejects.toMatchObject({ code: "worker_unavailable" });
  await expect(mesh.call("shop.order", { item: "nut" })).rejects.toMatchObject({ reason: "worker_unavailable" });
});

test("a call ends when its time is over, and closing does not wait for ever for its handler", async () => {
  const mesh = await testMesh({ services: [shop] });
  await expect(mesh.call("shop.hang", {}, { timeoutMs: 10 })).rejects.toMatchObject({ code: "deadline_exceeded" });
  await mesh.close();
});

test("a call ends when its signal aborts", async () => {
  await using mesh = await testMesh({ services: [shop] });
  const gone = new AbortController();
  const call = mesh.call("shop.hang", {}, { signal: gone.signal });
  gone.abort(new Error("the page was closed"));
  await expect(call).rejects.toThrow("the page was closed");
});

test("a handler in flight finishes before the mesh is closed", async () => {
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  const { promise: answer, resolve: reply } = Promise.withResolvers<string>();
  const slow = {
    name: "slow",
    functions: {
      work: () => {
        ask();
        return answer;
      },
    },
  };
  const mesh = await testMesh({ services: [slow] });
  const call = mesh.call("slow.work");
  await asked;
  const closed = mesh.close();
  reply("done");
  expect(await call).toBe("done");
  await closed;
});

test("a closed mesh answers nobody, and may be closed again", async () => {
  const mesh = await testMesh({ services: [stock] });
  await mesh.close();
  await mesh.close();
  await expect(mesh.call("stock.take", { item: "nut" })).rejects.toMatchObject({ code: "broker_unavailable" });
});

test("a service that is listed twice has two instances that share the calls", async () => {
  const taken = new Set<number>();
  const instance = (number: number) => ({ name: "stock", functions: { take: () => void taken.add(number) } });
  await using mesh = await testMesh({ services: [instance(1), instance(2)] });
  await Promise.all(Array.from({ length: 64 }, () => mesh.call("stock.take")));
  expect(taken).toEqual(new Set([1, 2]));
});

test("two meshes do not know of each other", async () => {
  await using one = await testMesh({ services: [{ name: "stock", functions: { take: () => "one" } }] });
  await using other = await testMesh({ services: [{ name: "stock", functions: { take: () => "other" } }] });
  expect(await Promise.all([one.call("stock.take"), other.call("stock.take")])).toEqual(["one", "other"]);
  await one.close();
  expect(await other.call("stock.take")).toBe("other");
});

test.each(["stock", "stock.take.now", ""])("%j is refused as the name of a function", async (name) => {
  await using mesh = await testMesh({ services: [stock] });
  await expect(mesh.call(name)).rejects.toThrow(TypeError);
});

test("a stand-in without functions is refused", async () => {
  await expect(testMesh({ services: [{ name: "stock", functions: {} }] })).rejects.toThrow(
    'service "stock" has no functions',
  );
});

test("a typed client calls in the name it was made for", async () => {
  await using mesh = await testMesh({ services: [shop, stock], claims: { id: "u1" } });
  const own = mesh.client<typeof shop>();
  const other = mesh.client<typeof shop>({ claims: { id: "u2" } });
  expect(await own.shop.order({ item: "nut" })).toEqual({ item: "nut", left: 3 });
  expect([await own.shop.whoami({}), await other.shop.whoami({})]).toEqual([{ id: "u1" }, { id: "u2" }]);
  expect(await own.shop.refuse().settled()).toMatchObject({ ok: false, error: { reason: "not_for_sale" } });
});

test("a typed client reads streams", async () => {
  const counter = defineService("counter", {
    count: async function* ({ to }: { to: number }) {
      for (let number = 1; number <= to; number++) yield number;
    },
  });
  await using mesh = await testMesh({ services: [counter] });
  expect(await Array.fromAsync(mesh.client<typeof counter>().counter.count({ to: 3 }))).toEqual([1, 2, 3]);
});

test("what a stream throws on its way reaches its reader", async () => {
  const counter = defineService("counter", {
    count: async function* () {
      yield 1;
      throw new PublicError("enough", { reason: "tired" });
    },
  });
  await using mesh = await testMesh({ services: [counter] });
  const items = mesh.client<typeof counter>().counter.count()[Symbol.asyncIterator]();
  expect(await items.next()).toEqual({ done: false, value: 1 });
  await expect(items.next()).rejects.toMatchObject({ reason: "tired" });
  expect(mesh.calls).toMatchObject([{ error: { message: "enough" } }]);
});

test("a schema refuses params before the handler is asked", async () => {
  const input = v.object({ item: v.string() });
  const checked = defineService("checked", { take: fn({ input }, ({ item }) => item) });
  await using mesh = await testMesh({ services: [checked] });
  await expect(mesh.call("checked.take", { item: 1 })).rejects.toMatchObject({
    code: "invalid_request",
    issues: [{ path: ["item"] }],
  });
  expect(mesh.calls).toEqual([]);
});

test("who leaves a stream ends its generator", async () => {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const counter = defineService("counter", {
    count: async function* () {
      try {
        for (let number = 1; ; number++) yield number;
      } finally {
        end();
      }
    },
  });
  await using mesh = await testMesh({ services: [counter] });
  for await (const number of mesh.client<typeof counter>().counter.count()) if (number === 2) break;
  await expect(ended).resolves.toBeUndefined();
});

test("a caller that gives up is heard by the handler", async () => {
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  const { promise: heard, resolve: hear } = Promise.withResolvers<unknown>();
  const slow = defineService("slow", {
    work: (_params: unknown, { signal }: Context) => {
      signal.addEventListener("abort", () => hear(signal.reason));
      ask();
      return heard;
    },
  });
  await using mesh = await testMesh({ services: [slow] });
  const caller = new AbortController();
  const call = mesh.call("slow.work", {}, { signal: caller.signal });
  await asked;
  caller.abort(new Error("enough"));
  await expect(call).rejects.toThrow("enough");
  expect(await heard).toMatchObject({ code: "cancelled" });
});
