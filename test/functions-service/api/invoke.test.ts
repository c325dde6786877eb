import { expect, test } from "vitest";
import { MeshError } from "../../../mesh/errors.ts";
import { type Call, FUNCTIONS, NO_ID, type TestApi, hello, useApi } from "./use-api.ts";

async function deployed(call?: Call): Promise<{ api: TestApi; path: string }> {
  const api = await useApi(call === undefined ? {} : { call });
  const { id } = await api.json("POST", FUNCTIONS, { ...hello, timeoutMs: 1234 });
  return { api, path: `${FUNCTIONS}/invoke/${String(id)}` };
}

function failing(error: Error): Call {
  return () => {
    throw error;
  };
}

const echo: Call = (service, name, params, options) => ({ service, name, params, options });

test("a function is called as the service of its label, with what `data` holds", async () => {
  const { api, path } = await deployed(echo);
  const called = await api.json("POST", path, { data: [1, { deep: null }] }, { "Idempotency-Key": "once" });
  const options = { callId: expect.any(String), timeoutMs: 1234, idempotencyKey: "once" };
  expect(called).toEqual({ service: "hello", name: "handler", params: [1, { deep: null }], options });
});

test("a query becomes the data, with repeated names joined by commas", async () => {
  const { api, path } = await deployed((...[, , params]) => params);
  expect(await api.json("GET", `${path}?a=1&a=2&b=&c=%2C%26`)).toEqual({ a: "1,2", b: "", c: ",&" });
  expect(await api.json("GET", path)).toEqual({});
});

test("a call without a body has no data", async () => {
  const { api, path } = await deployed((...[, , params]) => params === undefined);
  expect(await api.json("POST", path)).toBe(true);
  expect(await api.json("POST", path, {})).toBe(true);
});

test.each([
  ["JSON", { a: 1 }, 200, "application/json", '{"a":1}'],
  ["null", null, 200, "application/json", "null"],
  ["bytes", new TextEncoder().encode("raw"), 200, "application/octet-stream", "raw"],
  ["nothing", undefined, 204, null, ""],
])("what the function answers is the response: %s", async (_, result, status, type, text) => {
  const { api, path } = await deployed(() => result);
  const response = await api.send("POST", path, {});
  expect([response.status, response.headers.get("Content-Type"), await response.text()]).toEqual([status, type, text]);
});

test("a function that streams is answered with its items as they come", async () => {
  const { api, path } = await deployed(async function* () {
    yield { n: 1 };
    yield { n: 2 };
  });
  const response = await api.send("POST", path, {});
  expect(response.headers.get("Content-Type")).toContain("ndjson");
  expect(await response.text()).toBe('{"n":1}\n{"n":2}\n');
});

test("while nobody serves it the answer is 503, and says when to come again", async () => {
  const { api, path } = await deployed();
  for (const method of ["GET", "POST"]) {
    const response = await api.send(method, path);
    expect(response.headers.get("Retry-After")).toBe("1");
    expect([response.status, await response.json()]).toMatchObject([
      503,
      { code: "worker_unavailable", detail: expect.stringContaining('"hello"') },
    ]);
  }
  expect(api.logged).toEqual([]);
});

test.each([
  [new MeshError("deadline_exceeded", "too slow"), 504],
  [new MeshError("overloaded", "too many"), 503],
])("what goes wrong in the function reaches the caller: %s", async (error, status) => {
  const { api, path } = await deployed(failing(error));
  const response = await api.send("POST", path, {});
  const { code } = error;
  expect([response.status, await response.json()]).toMatchObject([status, { code, detail: error.message }]);
});

test("what a function says of its own error reaches the caller", async () => {
  const error = new MeshError("function_failed", "sold out", { status: 409, reason: "sold_out", data: { left: 0 } });
  const { api, path } = await deployed(failing(error));
  expect(await api.json("POST", path, {})).toMatchObject({ status: 409, reason: "sold_out", data: { left: 0 } });
});

test.each(["GET", "POST"])("%s of a function that is not there is 404", async (method) => {
  const api = await useApi({ call: echo });
  expect((await api.send(method, `${FUNCTIONS}/invoke/${NO_ID}`)).status).toBe(404);
});
