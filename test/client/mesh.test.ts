import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Client } from "../../client/client.ts";
import { client } from "../../client/http.ts";
import type { Context } from "../../worker-service/context.ts";
import { fn } from "../../worker-service/function.ts";
import { defineService } from "../../worker-service/service.ts";
import { PROJECT, type TestMesh, shopConfig, startTestMesh } from "../support/mesh.ts";
import { brokersUnderTest } from "../support/nats.ts";
import { arithmetic, shop } from "../types/services.ts";

let begun = Promise.withResolvers<void>();
let left = Promise.withResolvers<void>();

const live = defineService("live", {
  async *endless(_params: undefined, { signal }: Context) {
    signal.addEventListener("abort", () => left.resolve(), { once: true });
    for (let number = 1; ; number++) {
      yield number;
      await new Promise((resolve) => setImmediate(resolve));
    }
  },
  hold: async (_params: undefined, { signal }: Context) => {
    const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    begun.resolve();
    await aborted;
    left.resolve();
  },
  relay: fn({ input: v.object({ to: v.number() }) }, async function* ({ to }, context) {
    for await (const tick of context.client<typeof shop>().shop.ticks({ to })) yield tick * 10;
  }),
  order: (params: { item: string }, context: Context) => context.client<typeof shop>().shop.order(params),
  lies: fn({ output: v.number() }, async function* () {
    yield 1;
    yield "two" as unknown as number;
  }),
  forward: async (_params: undefined, context: Context) => {
    const { shop: other } = context.client<typeof shop>();
    const items = async function* (): AsyncGenerator<{ price: number }> {
      yield await Promise.resolve({ price: 1 });
      yield { price: 2 };
    };
    const sizes = [other.sizeOf(new Blob(["abc"])), other.sizeOf(new Blob(["abcd"]).stream())];
    return [await other.total(items()), ...(await Promise.all(sizes))];
  },
  bytes: (length: number) => new Uint8Array(length).fill(7),
});

const guarded = defineService("guarded", { whoami: (_params: undefined, { claims }: Context) => claims });

describe.each(brokersUnderTest())("the typed client through a real mesh, broker: %s", (kind) => {
  let mesh: TestMesh;
  let calls: Client<typeof arithmetic | typeof shop | typeof live | typeof guarded>;

  beforeAll(async () => {
    const allow = { default: "allow" };
    mesh = await startTestMesh({
      kind,
      config: shopConfig({ arithmetic: allow, shop: allow, live: allow, guarded: { default: "authenticated" } }),
      services: [arithmetic, shop, live, guarded],
    });
    calls = client<typeof arithmetic | typeof shop | typeof live | typeof guarded>({
      url: mesh.url,
      project: PROJECT,
      token: () => mesh.token({ id: "ann" }),
    });
  });

  afterAll(() => mesh.stop());

  test("values go there and come back", async () => {
    expect(await calls.arithmetic.sum({ num1: 1, num2: 2 })).toEqual({ sum: 3 });
    expect(await calls.arithmetic.sum({ num1: 1 })).toEqual({ sum: 1 });
    expect(await calls.arithmetic.nothing()).toBeUndefined();
    expect(Date.parse((await calls.arithmetic.now()).at)).toBeGreaterThan(0);
    expect(await calls.shop.picture()).toEqual(new Uint8Array(3));
    expect(await calls.guarded.whoami()).toMatchObject({ id: "ann" });
  });

  test("params that do not match the schema are refused with every issue", async () => {
    const { error } = await calls.arithmetic.sum({ num1: "1", num2: [] } as never).settled();
    expect(error).toMatchObject({ code: "invalid_request", status: 400 });
    expect(error?.message).toMatch(/^params\.num1: .*number.* \(and 1 more\)$/);
    expect(error?.issues?.map(({ path }) => path)).toEqual([["num1"], ["num2"]]);
  });

  test("a declared error arrives with its reason and data", async () => {
    const { error } = await calls.shop.order({ item: "moon" }).settled();
    expect(error?.reason === "out_of_stock" && error.data.left).toBe(3);
    expect(error?.message).toBe("only 3 left");
  });

  test("a function that is not there is told from one that nobody serves", async () => {
    const strange = calls as unknown as Record<string, Record<string, () => Promise<unknown>>>;
    await expect(strange["nowhere"]?.["sum"]?.()).rejects.toMatchObject({ status: expect.any(Number) });
  });

  test("a stream's items arrive, of whichever library their schema is", async () => {
    expect(await Array.fromAsync(calls.shop.ticks({ to: 3 }))).toEqual([0, 1, 2]);
    expect(await Array.fromAsync(await calls.shop.ticks({ to: 0 }))).toEqual([]);
    expect(await Array.fromAsync(calls.arithmetic.count({ to: 2 }), ({ number }) => number)).toEqual([1, 2]);
    expect(await Array.fromAsync(calls.shop.film())).toEqual([new Uint8Array(3)]);
  });

  test("an error in the middle of a stream is thrown after the items before it", async () => {
    const seen: number[] = [];
    const read = async (): Promise<void> => {
      for await (const item of calls.live.lies()) seen.push(item);
    };
    await expect(read()).rejects.toMatchObject({ code: "function_failed" });
    expect(seen).toEqual([1]);
  });

  test("a reader that leaves a stream ends it in the worker", async () => {
    left = Promise.withResolvers();
    for await (const number of calls.live.endless()) if (number === 3) break;
    await expect(left.promise).resolves.toBeUndefined();
  });

  test("a caller that gives up is noticed in the worker", async () => {
    begun = Promise.withResolvers();
    left = Promise.withResolvers();
    const controller = new AbortController();
    const call = calls.live.hold(undefined, { signal: controller.signal });
    await begun.promise;
    controller.abort(new Error("enough"));
    await expect(call).rejects.toThrow("enough");
    await left.promise;
  });

  test("a call out of time is deadline_exceeded", async () => {
    const { error } = await calls.live.hold(undefined, { timeoutMs: 50 }).settled();
    expect(error?.code).toBe("deadline_exceeded");
  });

  test("params go out as bytes and as a stream of items", async () => {
    expect(await calls.shop.sizeOf(new Uint8Array(5))).toBe(5);
    expect(await calls.shop.sizeOf(new Blob(["abc"]).stream())).toBe(3);
    const items = async function* (): AsyncGenerator<{ price: number }> {
      yield await Promise.resolve({ price: 1 });
      yield { price: 2 };
    };
    expect(await calls.shop.total(items())).toBe(3);
  });

  test("an item that does not match the schema is refused", async () => {
    const items = new ReadableStream({
      start(controller) {
        controller.enqueue({ price: "free" });
        controller.close();
      },
    });
    const { error } = await calls.shop.total(items as never).settled();
    expect(error).toMatchObject({ code: "invalid_request" });
  });

  test("bytes of any size come back whole", async () => {
    for (const length of [1, 100_000, 3_000_000]) {
      const bytes = await calls.live.bytes(length);
      expect(bytes.length).toBe(length);
      expect(bytes.at(-1)).toBe(7);
    }
  });

  test("a function calls others by their type, also those that stream", async () => {
    expect(await calls.live.order({ item: "tea" })).toEqual({ id: "tea-0" });
    expect((await calls.live.order({ item: "moon" }).settled()).error).toMatchObject({ reason: "out_of_stock" });
    expect(await Array.fromAsync(calls.live.relay({ to: 3 }))).toEqual([0, 10, 20]);
    expect(await calls.live.forward()).toEqual([3, 3, 4]);
  });
});
