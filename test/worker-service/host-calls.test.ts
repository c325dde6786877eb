import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { errorOf } from "../mesh/error-of.ts";
import { brokersUnderTest } from "../support/nats.ts";
import { type ServiceMesh, dueAt, openServiceMesh } from "./service-mesh.ts";

describe.each(brokersUnderTest())("calls over %s", (kind) => {
  let mesh: ServiceMesh;
  let runs = 0;
  beforeAll(async () => {
    mesh = await openServiceMesh(kind);
    await mesh.host("arithmetic", {
      sum: ({ num1, num2 }: { num1: number; num2: number }) => ({ sum: num1 + num2 }),
      later: async (params: unknown) => {
        await new Promise(setImmediate);
        return params;
      },
      nothing: () => undefined,
      nil: () => null,
      text: () => "täxt",
      bytes: () => Uint8Array.of(0, 255),
      buffer: () => Uint8Array.of(1, 2, 3).buffer,
      typeOf: (params: unknown) => (params instanceof Uint8Array ? "bytes" : typeof params),
      count: () => ++runs,
    });
  });
  afterAll(() => mesh[Symbol.asyncDispose]());

  test("a function gets its params and its result comes back", async () => {
    expect(await mesh.call("arithmetic", "sum", { num1: 10, num2: 20 })).toEqual({ sum: 30 });
    expect(await mesh.call("arithmetic", "later", [1, "ö"])).toEqual([1, "ö"]);
  });

  test.each([
    ["nothing", undefined],
    ["nil", null],
    ["text", "täxt"],
    ["bytes", Uint8Array.of(0, 255)],
    ["buffer", Uint8Array.of(1, 2, 3)],
  ])("the result of %s arrives as %o", async (name, result) => {
    expect(await mesh.call("arithmetic", name)).toEqual(result);
  });

  test("a reply says its type and how long the handler took", async () => {
    const json = await mesh.send("arithmetic", "nil", "");
    expect(json.contentType).toBe("application/json");
    expect(json.handlerMs).toBeGreaterThanOrEqual(0);
    expect((await mesh.send("arithmetic", "bytes", "")).contentType).toBe("application/octet-stream");
  });

  test.each([
    ["", "", "undefined"],
    ["", "null", "object"],
    ["application/json", '{"a":1}', "object"],
    ["text/plain", "hello", "string"],
    ["image/png", "\0", "bytes"],
  ])("a body of type %j and text %j is handed over as %s", async (contentType, body, type) => {
    const headers = contentType === "" ? {} : { "Content-Type": contentType };
    const { payload } = await mesh.send("arithmetic", "typeOf", body, headers);
    expect(new TextDecoder().decode(payload)).toBe(JSON.stringify(type));
  });

  test("params that are not what their type says are invalid_request, and the handler does not run", async () => {
    const before = runs;
    expect(await errorOf(mesh.send("arithmetic", "count", "{nonsense"))).toMatchObject({
      code: "invalid_request",
      status: 400,
      message: expect.stringContaining("the body is not JSON") as string,
    });
    expect(runs).toBe(before);
  });

  test("a call whose deadline has passed is deadline_exceeded, and the handler does not run", async () => {
    const before = runs;
    const error = await errorOf(mesh.send("arithmetic", "count", "", dueAt(Date.now() - 1)));
    expect(error).toMatchObject({ code: "deadline_exceeded", status: 504, retrySafe: false });
    expect(runs).toBe(before);
  });

  test("a message nobody waits for an answer to runs the function all the same", async () => {
    const before = runs;
    mesh.broker.publish("fn.shop.arithmetic.count", { payload: new Uint8Array(0), headers: {} });
    await mesh.broker.flush();
    expect(await mesh.call("arithmetic", "count")).toBe(before + 2);
  });

  test("a function that is not there is worker_unavailable", async () => {
    expect((await errorOf(mesh.call("arithmetic", "product"))).code).toBe("worker_unavailable");
  });

  test.each(["a.b", "*", ">", ""])("a function name %j never becomes a subject", async (name) => {
    expect((await errorOf(mesh.call("arithmetic", name))).code).toBe("invalid_request");
  });
});
