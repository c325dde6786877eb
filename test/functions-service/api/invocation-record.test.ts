import { expect, test } from "vitest";
import type { StoredEvent } from "../../../mesh/event.ts";
import { MeshError } from "../../../mesh/errors.ts";
import { EVENTS, FUNCTIONS, type TestApi, type TestApiOptions, hello, useApi } from "./use-api.ts";
import { withJournal } from "./with-journal.ts";

const overloaded = new MeshError("overloaded", "too many events wait", { retryAfterSeconds: 1 });

async function deployed(options: TestApiOptions): Promise<{ api: TestApi; path: string }> {
  const api = await useApi(options);
  const { id } = await api.json("POST", FUNCTIONS, { ...hello, timeoutMs: 1500 });
  return { api, path: `${FUNCTIONS}/invoke/${String(id)}` };
}

async function recordOf(api: TestApi, response: Response): Promise<StoredEvent> {
  return api.json<StoredEvent>("GET", `${EVENTS}/${response.headers.get("Fmesh-Invocation-Id")}`);
}

test("an invocation is recorded with what was sent and answered, under the id of the call", async () => {
  const { api, path } = await deployed({ call: (...[, , data, { callId }]) => ({ data, callId }) });
  const response = await api.send("POST", path, { data: { n: 1 } });
  const { callId } = (await response.json()) as { callId: string };
  const event = await recordOf(api, response);
  expect(event).toEqual({
    ...{ id: callId, invocationId: callId, project: "shop", type: "FUNCTION_INVOCATION", source: "hello" },
    ...{ status: "SUCCESS", payload: { n: 1 }, response: { data: { n: 1 }, callId }, retryCount: 0 },
    ...{ traceId: "0af7651916cd43dd8448eb211c80319c", durationMs: expect.any(Number) },
    ...{ timestamp: expect.any(String), deadline: expect.any(String) },
  });
  expect(Date.parse(event.deadline ?? "") - Date.parse(event.timestamp)).toBeCloseTo(1500, -2);
  const queried = await recordOf(api, await api.send("GET", `${path}?a=1&a=2`));
  expect(queried).toMatchObject({ payload: { a: "1,2" }, status: "SUCCESS" });
});

test("that it begins is durable before it is sent", async () => {
  const seen: unknown[] = [];
  const { api, path } = await deployed({
    call: async () => void seen.push(await api.json("GET", EVENTS)),
  });
  await api.send("POST", path, { data: 1 });
  expect(seen).toMatchObject([[{ status: "PENDING", payload: 1 }]]);
});

test.each([
  [new MeshError("deadline_exceeded", "too slow"), 504, "deadline_exceeded", /^too slow$/],
  [new MeshError("function_failed", "sold out", { status: 409 }), 409, "function_failed", /^sold out$/],
  [new MeshError("worker_unavailable", "x"), 503, "worker_unavailable", /function "hello"/],
  [new Error("a secret"), 500, "internal", /^(?!.*secret)/],
])("that it failed is recorded in the words that its caller hears: %s", async (thrown, status, code, words) => {
  const { api, path } = await deployed({
    call: () => {
      throw thrown;
    },
  });
  const response = await api.send("POST", path, { data: 1 });
  expect(response.status).toBe(status);
  const { error, ...event } = await recordOf(api, response);
  expect([event.status, error?.code]).toEqual(["FAILURE", code]);
  expect(error?.message).toMatch(words);
  expect(api.logged).toHaveLength(code === "internal" ? 1 : 0);
});

test.each([
  ["what is too large", "x".repeat(20_000), { $omitted: "too large", contentType: "application/json", bytes: 20_002 }],
  ["bytes", new Uint8Array(3), { $omitted: "bytes", contentType: "application/octet-stream", bytes: 3 }],
  ["a stream", (async function* () {})(), { $omitted: "stream", contentType: "application/x-ndjson" }],
  ["nothing", undefined, undefined],
])("of an answer that is %s it is recorded that it was", async (_, result, recorded) => {
  const { api, path } = await deployed({ call: () => result });
  const event = await recordOf(api, await api.send("POST", path));
  expect([event.status, event.payload, event.response]).toEqual(["SUCCESS", undefined, recorded]);
});

test("a payload that is too large is sent, and left out of the record", async () => {
  const { api, path } = await deployed({ call: (...[, , data]) => (data as string).length });
  const response = await api.send("POST", path, { data: "x".repeat(20_000) });
  expect(await response.json()).toBe(20_000);
  expect(await recordOf(api, response)).toMatchObject({ payload: { $omitted: "too large" }, response: 20_000 });
});

test("a call that cannot be recorded is refused, and nothing runs", async () => {
  let calls = 0;
  const { api, path } = await deployed({
    call: () => calls++,
    wrap: (store) => withJournal(store, () => ({ append: () => Promise.reject(overloaded) })),
  });
  const response = await api.send("POST", path);
  expect([response.status, response.headers.get("Retry-After"), calls]).toEqual([503, "1", 0]);
});

test("an end that cannot be written at once is written when the store is back, and then answered", async () => {
  let failures = 0;
  const { api, path } = await deployed({
    call: () => "done",
    wrap: (store) =>
      withJournal(store, (journal) => ({
        append: async (project, changes) => {
          if (changes.some(({ change }) => change === "ended") && failures++ < 1)
            throw new MeshError("internal", "the store is away", { status: 503 });
          await journal.append(project, changes);
        },
      })),
  });
  const response = await api.send("POST", path);
  expect([response.status, await response.json()]).toEqual([200, "done"]);
  expect(await recordOf(api, response)).toMatchObject({ status: "SUCCESS", response: "done" });
});

test("an answer whose record cannot be written is not given: the outcome is unknown to the caller", async () => {
  let cancelled = false;
  const stream = new ReadableStream({
    start: (controller) => controller.enqueue(new Uint8Array(1)),
    cancel() {
      cancelled = true;
    },
  });
  const { api, path } = await deployed({
    call: () => stream,
    wrap: (store) =>
      withJournal(store, (journal) => ({
        append: (project, changes) =>
          changes.some(({ change }) => change === "ended")
            ? Promise.reject(new TypeError("no such table"))
            : journal.append(project, changes),
      })),
  });
  const response = await api.send("POST", path);
  expect([response.status, await response.json()]).toMatchObject([504, { code: "deadline_exceeded" }]);
  expect(cancelled).toBe(true);
  expect(api.logged).toMatchObject([{ message: "the end of an invocation could not be recorded" }]);
  expect(await recordOf(api, response)).toMatchObject({ status: "PENDING" });
});
