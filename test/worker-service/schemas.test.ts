import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { EMPTY_MESSAGE } from "../../mesh/broker.ts";
import { MeshError } from "../../mesh/errors.ts";
import type { ServiceInfo } from "../../mesh/service-info.ts";
import { type Endpoint, type FunctionDefinition, fn } from "../../worker-service/function.ts";
import type { Schema } from "../../worker-service/schema.ts";
import { defineService } from "../../worker-service/service.ts";
import { openServiceMesh } from "./service-mesh.ts";

function endpointOf(definition: FunctionDefinition): Endpoint {
  const [endpoint] = defineService("orders", { place: definition }).endpoints;
  return endpoint ?? expect.fail("the service has no endpoint");
}

const withInput = (input: Schema): Endpoint => endpointOf(fn({ input }, () => undefined));
const withOutput = (output: Schema): Endpoint => endpointOf(fn({ output }, () => undefined));

async function refusal(check: Endpoint["checkInput"], value: unknown): Promise<MeshError> {
  try {
    await check?.(value);
  } catch (error) {
    if (error instanceof MeshError) return error;
    throw error;
  }
  return expect.fail("it was accepted");
}

/** The same schema, as three libraries say it. */
const LIBRARIES: readonly [string, Schema][] = [
  [
    "valibot",
    v.object({ name: v.string(), lines: v.array(v.object({ price: v.number() })), note: v.optional(v.string(), "-") }),
  ],
  [
    "zod",
    z.object({ name: z.string(), lines: z.array(z.object({ price: z.number() })), note: z.string().default("-") }),
  ],
  ["arktype", type({ name: "string", lines: type({ price: "number" }).array(), note: "string = '-'" })],
];

describe.each(LIBRARIES)("a schema of %s", (_library, schema) => {
  test("gives the handler the value it makes of the params", () => {
    expect(withInput(schema).checkInput?.({ name: "ann", lines: [] })).toEqual({ name: "ann", lines: [], note: "-" });
  });

  test("refuses params with every issue and its path, the first of them in the text", async () => {
    const error = await refusal(withInput(schema).checkInput, { name: 1, lines: [{ price: 1 }, { price: "2" }] });
    expect(error).toMatchObject({ code: "invalid_request", status: 400 });
    expect(error.issues?.map(({ path }) => path)).toEqual(
      expect.arrayContaining([["name"], ["lines", 1, "price"]]) as unknown,
    );
    expect(error.message).toMatch(/^params\.(name|lines\[1\]\.price): .*string|number.* \(and 1 more\)$/);
  });

  test("says of missing params what is expected", async () => {
    const error = await refusal(withInput(schema).checkInput, undefined);
    expect(error.message).toMatch(/^params: .*(object|Object)/);
  });

  test("refuses a result without telling the caller what it was", async () => {
    const error = await refusal(withOutput(schema).checkOutput, { name: "s3cret", lines: [{ price: "s3cret" }] });
    expect(error).toMatchObject({ code: "function_failed", status: 500, issues: undefined });
    expect(error.message).not.toMatch(/s3cret|price/);
    expect(String(error.cause)).toMatch(/result\.lines\[0\]\.price: /);
  });

  test("is shown as JSON Schema: what goes in, and what comes out", () => {
    const { input_schema: input = "", output_schema: output = "" } = endpointOf(
      fn({ input: schema, output: schema }, () => undefined),
    ).metadata;
    const properties = { name: { type: "string" }, lines: { type: "array" } };
    expect(JSON.parse(input)).toMatchObject({ type: "object", properties });
    expect(JSON.parse(output)).toMatchObject({ type: "object", properties });
    expect((JSON.parse(input) as { required: string[] }).required.toSorted()).toEqual(["lines", "name"]);
  });
});

test.each<[string, Schema]>([
  ["valibot", v.object({ at: v.date(), is: v.custom<number>((value) => value === 1) })],
  ["zod", z.object({ at: z.date(), big: z.bigint() })],
  ["a library without JSON Schema", handMade(() => ({ value: 1 }))],
])("a schema of %s that JSON Schema cannot say is not shown, and checks all the same", (_name, schema) => {
  const { metadata, checkInput } = withInput(schema);
  expect(metadata).toEqual({});
  expect(checkInput).toBeTypeOf("function");
});

test("a schema may take its time", async () => {
  const isFree = v.checkAsync(async (name: string) => await Promise.resolve(name !== "ann"), "is taken");
  const { checkInput } = withInput(v.objectAsync({ name: v.pipeAsync(v.string(), isFree) }));
  expect(await checkInput?.({ name: "bob" })).toEqual({ name: "bob" });
  expect((await refusal(checkInput, { name: "ann" })).message).toBe("params.name: is taken");
});

test("paths are read in every form the standard knows", async () => {
  const path = ["a", { key: "b c" }, 0, { key: 1 }, Symbol("s")];
  const { checkInput } = withInput(handMade(() => ({ issues: [{ message: "no", path }, { message: "nor this" }] })));
  const error = await refusal(checkInput, {});
  expect(error.issues).toEqual([
    { path: ["a", "b c", 0, 1, "Symbol(s)"], message: "no" },
    { path: [], message: "nor this" },
  ]);
  expect(error.message).toBe('params.a["b c"][0][1]["Symbol(s)"]: no (and 1 more)');
});

test("what a schema throws is a failure of the function, not of its caller", () => {
  const { checkInput } = withInput(
    handMade(() => {
      throw new Error("bug");
    }),
  );
  expect(() => checkInput?.({})).toThrow("bug");
});

test("unknown properties are the schema's own affair", async () => {
  expect(withInput(v.object({})).checkInput?.({ extra: 1 })).toEqual({});
  expect(withInput(v.looseObject({})).checkInput?.({ extra: 1 })).toEqual({ extra: 1 });
  expect((await refusal(withInput(v.strictObject({})).checkInput, { extra: 1 })).message).toMatch(/^params\.extra: /);
});

test("a function says what it is for, and how it receives", () => {
  expect(endpointOf(fn({ description: "Adds", receives: "bytes" }, () => undefined))).toMatchObject({
    name: "place",
    receives: "bytes",
    metadata: { description: "Adds", receives: "bytes" },
  });
  expect(endpointOf(fn({}, () => undefined))).toMatchObject({
    receives: "value",
    checkInput: undefined,
    checkOutput: undefined,
    metadata: {},
  });
});

test("what a function says of itself stands in the answer to $SRV.INFO", async () => {
  await using mesh = await openServiceMesh("embedded");
  const place = fn({ input: v.object({ item: v.string() }), description: "Places an order" }, () => undefined);
  await mesh.host("orders", { place });
  const { payload } = await mesh.broker.request("$SRV.INFO.orders", EMPTY_MESSAGE, { timeoutMs: 5_000 });
  const { endpoints } = JSON.parse(new TextDecoder().decode(payload)) as ServiceInfo;
  const [{ metadata } = expect.fail("it has no endpoint")] = endpoints;
  expect(metadata).toEqual({ description: "Places an order", input_schema: expect.any(String) });
  expect(JSON.parse(metadata["input_schema"] ?? "")).toMatchObject({ required: ["item"] });
});

test("a plain handler is an endpoint that checks nothing", () => {
  const handler = (): number => 1;
  expect(defineService("s", { f: handler }).endpoints).toEqual([
    { name: "f", handler, receives: "value", checkInput: undefined, checkOutput: undefined, metadata: {} },
  ]);
});

test("a fetch handler is a service with the one function fetch", () => {
  const handler = (request: Request): Response => new Response(request.url);
  const { endpoints, functions } = defineService("web", handler);
  expect(endpoints).toMatchObject([{ name: "fetch", handler, receives: "http" }]);
  expect(functions).toEqual({ fetch: handler });
});

test.each<[string, () => unknown, RegExp]>([
  ["no handler", () => fn({}, 1 as never), /the handler is not a function/],
  ["an input that is no schema", () => fn({ input: {} as never }, () => 1), /"input" is not a Standard Schema/],
  ["an error that is no schema", () => fn({ errors: { sold_out: 1 as never } }, () => 1), /"sold_out" is not a St/],
  ["another way to receive", () => fn({ receives: "lines" as never }, () => 1), /"bytes" or "items", not "lines"/],
  ["a schema for bytes", () => fn({ receives: "bytes", input: v.string() }, () => 1), /receives bytes has no input/],
])("%s is a TypeError", (_name, make, text) => {
  expect(make).toThrow(TypeError);
  expect(make).toThrow(text);
});

function handMade(validate: StandardSchemaV1.Props["validate"]): Schema {
  return { "~standard": { version: 1, vendor: "hand", validate } };
}
