import { inspect } from "node:util";
import { expect, test } from "vitest";
import { type Client, clientOver } from "../../client/client.ts";
import type { Transport } from "../../client/transport.ts";
import { MeshError } from "../../mesh/errors.ts";
import type { arithmetic, shop } from "../types/services.ts";

type Calls = unknown[][];

function recording(answer: () => Promise<unknown>): { mesh: Client<typeof arithmetic | typeof shop>; calls: Calls } {
  const calls: Calls = [];
  const transport: Transport = {
    call(...given) {
      calls.push(given);
      return answer();
    },
  };
  return { mesh: clientOver(transport), calls };
}

const answering = (result: unknown) => recording(() => Promise.resolve(result));

async function* items(...values: unknown[]): AsyncGenerator {
  yield* values;
}

test("a method calls the function it is named after, with params and options", async () => {
  const { mesh, calls } = answering({ sum: 3 });
  expect(await mesh.arithmetic.sum({ num1: 1, num2: 2 }, { timeoutMs: 5 })).toEqual({ sum: 3 });
  await mesh.arithmetic.now();
  expect(calls).toEqual([
    ["arithmetic", "sum", { num1: 1, num2: 2 }, { timeoutMs: 5 }],
    ["arithmetic", "now", undefined, {}],
  ]);
});

test("a method is the same each time it is asked for, and needs no this", async () => {
  const { mesh } = answering({ sum: 3 });
  const { sum } = mesh.arithmetic;
  expect(mesh.arithmetic.sum).toBe(sum);
  expect(await sum({ num1: 1 })).toEqual({ sum: 3 });
});

test("settled tells a result from an error without throwing", async () => {
  expect(await answering({ sum: 3 }).mesh.arithmetic.sum({ num1: 1 }).settled()).toEqual({
    ok: true,
    result: { sum: 3 },
  });
  const error = new MeshError("function_failed", "only 3 left", { reason: "out_of_stock", data: { left: 3 } });
  const settled = await recording(() => Promise.reject(error))
    .mesh.shop.order({ item: "moon" })
    .settled();
  expect(settled).toEqual({ ok: false, error });
  expect(settled.error?.reason === "out_of_stock" && settled.error.data.left).toBe(3);
});

test("settled throws what is neither the function's nor the mesh's doing", async () => {
  const { mesh } = recording(() => Promise.reject(new TypeError("no such option")));
  await expect(mesh.arithmetic.sum({ num1: 1 }).settled()).rejects.toThrow(TypeError);
});

test("settled says of an aborted call that it was cancelled", async () => {
  const { mesh } = recording(() => Promise.reject(new DOMException("gone", "AbortError")));
  const settled = await mesh.arithmetic.sum({ num1: 1 }, { signal: AbortSignal.abort() }).settled();
  expect(settled.error?.code).toBe("cancelled");
});

test("a streamed result is iterated over with or without awaiting it", async () => {
  const direct: unknown[] = [];
  for await (const tick of answering(items(1, 2)).mesh.shop.ticks({ to: 2 })) direct.push(tick);
  expect(direct).toEqual([1, 2]);
  const awaited: unknown[] = [];
  for await (const tick of await answering(items(1, 2)).mesh.shop.ticks({ to: 2 })) awaited.push(tick);
  expect(awaited).toEqual([1, 2]);
});

test("bytes that came in one piece are a stream of one piece", async () => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of answering(new Uint8Array([1, 2])).mesh.shop.film()) chunks.push(chunk);
  expect(chunks).toEqual([new Uint8Array([1, 2])]);
});

test("iterating over a result that is no stream says so", async () => {
  const { mesh } = answering({ sum: 3 });
  const iterate = async (): Promise<void> => {
    for await (const _ of mesh.shop.ticks({ to: 1 })) return;
  };
  await expect(iterate()).rejects.toThrow('"shop.ticks" does not stream its result; await it');
});

test("a client is not taken for a promise, and can be shown, serialized and compared", async () => {
  const { mesh, calls } = answering(1);
  expect(await Promise.resolve(mesh)).toBe(mesh);
  expect(await Promise.resolve(mesh.arithmetic)).toBe(mesh.arithmetic);
  expect(inspect(mesh)).toMatch(/client/);
  expect([mesh, mesh.arithmetic].map((each) => Object.prototype.toString.call(each))).toEqual([
    "[object client]",
    "[object arithmetic]",
  ]);
  expect(JSON.stringify({ mesh, service: mesh.arithmetic })).toBe('{"mesh":{},"service":{}}');
  expect(mesh).toEqual(mesh);
  expect({ mesh }).not.toEqual({ mesh: 1 });
  expect(() => expect(mesh).toEqual({ other: 1 })).toThrow(/expected/);
  expect(mesh).not.toHaveProperty("anything");
  expect(calls).toEqual([]);
});

test.each(["a.b", "../../admin", "a b", ">", "*", "", "a".repeat(65), "then", "constructor", "__proto__", "toString"])(
  "there is no service or function %j",
  (name) => {
    const { mesh } = answering(1);
    const own = (of: object): unknown => Object.hasOwn(of, name) || typeof Reflect.get(of, name);
    const plain = typeof Reflect.get({}, name);
    expect(own(mesh)).toBe(plain);
    expect(own(mesh.arithmetic)).toBe(plain);
  },
);

test("a client cannot be changed", () => {
  const { mesh } = answering(1);
  expect(Reflect.set(mesh, "arithmetic", 1)).toBe(false);
  expect(Reflect.deleteProperty(mesh, "arithmetic")).toBe(true);
  expect(typeof mesh.arithmetic.sum).toBe("function");
});
