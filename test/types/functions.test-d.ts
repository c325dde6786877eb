import { type } from "arktype";
import * as v from "valibot";
import { Hono } from "hono";
import { expectTypeOf, test } from "vitest";
import * as z from "zod";
import type { Client } from "../../client/client.ts";
import type { Context } from "../../worker-service/context.ts";
import { fn } from "../../worker-service/function.ts";
import { service } from "../../worker-service/runtime/bun.ts";
import { arithmetic, shop } from "./services.ts";

const own = service("own", {
  one: fn({ input: v.number() }, (number) => number + 1),
  // Without the annotation its type would be made of itself.
  two: fn({ input: v.number() }, async (number, context): Promise<number> => {
    return (await context.client<typeof own>().own.one(number)) + 1;
  }),
});

test("a function may call its own service by its type, if it says what it returns", () => {
  expectTypeOf<Client<typeof own>["own"]["two"]>().returns.resolves.toEqualTypeOf<number>();
});

test("a fetch handler is a service, a Hono app's as well", () => {
  const app = new Hono();
  expectTypeOf(service("web", app.fetch).name).toEqualTypeOf<"web">();
  service("web", (request, context) => new Response(`${request.url} ${context.callId}`));
  // @ts-expect-error it answers with a Response
  service("web", (request: Request) => request.url);
});

test("the handler gets what the schema makes of the params, of whichever library it is", () => {
  fn({ input: v.object({ at: v.pipe(v.string(), v.toDate()) }) }, (params, context) => {
    expectTypeOf(params).toEqualTypeOf<{ at: Date }>();
    expectTypeOf(context).toEqualTypeOf<Context>();
  });
  fn({ input: z.object({ at: z.coerce.date() }) }, (params) => expectTypeOf(params).toEqualTypeOf<{ at: Date }>());
  fn({ input: type({ at: "string.date.parse" }) }, (params) => expectTypeOf(params).toEqualTypeOf<{ at: Date }>());
});

test("the handler returns what the output schema takes", () => {
  fn({ output: v.object({ sum: v.number() }) }, () => ({ sum: 1 }));
  fn({ output: v.object({ sum: v.number() }) }, async () => await Promise.resolve({ sum: 1 }));
  fn({ output: v.number() }, async function* () {
    yield 1;
  });
  // @ts-expect-error sum is a number
  fn({ output: v.object({ sum: v.number() }) }, () => ({ sum: "1" }));
  // @ts-expect-error items are numbers
  fn({ output: v.number() }, async function* () {
    yield "1";
  });
});

test("without a schema the handler says what it takes", () => {
  fn({ output: v.number() }, ({ num1 }: { num1: number }) => num1);
  // @ts-expect-error the schema says otherwise
  fn({ input: v.object({ num1: v.string() }) }, ({ num1 }: { num1: number }) => num1);
});

test("a function that receives a stream gets one", () => {
  fn({ receives: "bytes" }, (params) => expectTypeOf(params).toEqualTypeOf<ReadableStream<Uint8Array>>());
  fn({ receives: "items", input: v.number() }, (params) => expectTypeOf(params).toEqualTypeOf<AsyncIterable<number>>());
  // @ts-expect-error there is no such way to receive
  fn({ receives: "lines" }, () => undefined);
});

test("a service keeps its name and its functions", () => {
  expectTypeOf(arithmetic.name).toEqualTypeOf<"arithmetic">();
  expectTypeOf<keyof typeof arithmetic.functions>().toEqualTypeOf<
    "sum" | "plain" | "now" | "whoami" | "count" | "nothing" | "fail" | "untyped"
  >();
  expectTypeOf(shop.functions.order).toHaveProperty("handler");
});
