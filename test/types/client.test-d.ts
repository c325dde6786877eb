import { expectTypeOf, test } from "vitest";
import type { StreamPromise } from "../../client/call-promise.ts";
import type { Client } from "../../client/client.ts";
import type { MeshError } from "../../mesh/errors.ts";
import type { arithmetic, shop, web } from "./services.ts";

declare const mesh: Client<typeof arithmetic | typeof shop | typeof web>;

test("a call takes what the schema takes and gives what it gives", () => {
  expectTypeOf(mesh.arithmetic.sum({ num1: 1 })).resolves.toEqualTypeOf<{ sum: number }>();
  expectTypeOf(mesh.arithmetic.sum).parameter(0).toEqualTypeOf<{ num1: number; num2?: number | undefined }>();
  // @ts-expect-error num1 is missing
  void mesh.arithmetic.sum({ num2: 1 });
  // @ts-expect-error num1 is a number
  void mesh.arithmetic.sum({ num1: "1" });
  // @ts-expect-error params are required
  void mesh.arithmetic.sum();
  // @ts-expect-error there is no such function
  void mesh.arithmetic.divide;
  // @ts-expect-error there is no such service
  void mesh.geometry;
});

test("a plain handler is taken at its word", () => {
  expectTypeOf(mesh.arithmetic.plain({ num1: 1, num2: 2 })).resolves.toEqualTypeOf<number>();
  expectTypeOf(mesh.arithmetic.whoami()).resolves.toEqualTypeOf<{ readonly [x: string]: unknown }>();
  expectTypeOf(mesh.arithmetic.nothing()).resolves.toEqualTypeOf<undefined>();
  expectTypeOf(mesh.arithmetic.fail()).resolves.toBeNever();
  expectTypeOf(mesh.arithmetic.untyped({ anything: "goes" })).resolves.toBeAny();
  // @ts-expect-error num2 is missing
  void mesh.arithmetic.plain({ num1: 1 });
  // @ts-expect-error it takes no params
  void mesh.arithmetic.now({ at: 1 });
});

test("a result is what JSON makes of it; bytes stay bytes", () => {
  expectTypeOf(mesh.arithmetic.now()).resolves.toEqualTypeOf<{ at: string }>();
  expectTypeOf(mesh.shop.picture()).resolves.toEqualTypeOf<Uint8Array>();
});

test("a call has options", () => {
  void mesh.arithmetic.now(undefined, { timeoutMs: 100, signal: AbortSignal.timeout(1), idempotencyKey: "k" });
  // @ts-expect-error there is no such option
  void mesh.arithmetic.now(undefined, { timeout: 100 });
});

test("a streamed result is iterated over, before or after awaiting it", () => {
  expectTypeOf(mesh.arithmetic.count({ to: 3 })).toEqualTypeOf<StreamPromise<{ number: number; at: string }>>();
  expectTypeOf(mesh.shop.ticks({ to: 3 })).resolves.toEqualTypeOf<AsyncIterable<number>>();
  expectTypeOf(mesh.shop.film()).toEqualTypeOf<StreamPromise<Uint8Array>>();
  // @ts-expect-error a sum is no stream
  void mesh.arithmetic.sum({ num1: 1 })[Symbol.asyncIterator];
});

test("what a function receives as a stream is sent as one", () => {
  void mesh.shop.sizeOf(new ReadableStream<Uint8Array>());
  void mesh.shop.sizeOf(new Uint8Array(3));
  void mesh.shop.sizeOf(new Blob(["abc"]));
  expectTypeOf(mesh.shop.sizeOf(new Uint8Array(3))).resolves.toEqualTypeOf<number>();
  void mesh.shop.total(new ReadableStream<{ price: number }>());
  // @ts-expect-error items have a price
  void mesh.shop.total(new ReadableStream<{ cost: number }>());
});

test("declared errors are told apart by their reason", async () => {
  const settled = await mesh.shop.order({ item: "moon" }).settled();
  if (settled.ok) {
    expectTypeOf(settled.result).toEqualTypeOf<{ id: string }>();
    return;
  }
  expectTypeOf(settled.error).toExtend<MeshError>();
  expectTypeOf(settled.error.reason).toEqualTypeOf<"out_of_stock" | "closed" | undefined>();
  if (settled.error.reason === "out_of_stock") expectTypeOf(settled.error.data).toEqualTypeOf<{ left: number }>();
  else if (settled.error.reason === "closed") expectTypeOf(settled.error.data).toEqualTypeOf<{ until: string }>();
  else expectTypeOf(settled.error.data).toBeUnknown();
  // @ts-expect-error no such reason is declared
  if (settled.error.reason === "sold_out") return;
});

test("where no errors are declared, any may come", async () => {
  const settled = await mesh.arithmetic.sum({ num1: 1 }).settled();
  if (!settled.ok) expectTypeOf(settled.error).toEqualTypeOf<MeshError>();
});

test("a fetch handler is no method", () => {
  // @ts-expect-error it is called with fetch
  void mesh.web.fetch;
});

test("the client of one service has no other", () => {
  expectTypeOf<keyof Client<typeof arithmetic>>().toEqualTypeOf<"arithmetic">();
});
