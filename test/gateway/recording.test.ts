import { afterEach, beforeEach, expect, test } from "vitest";
import { startRecorder } from "../../functions-service/events/recorder.ts";
import { openSqliteStore } from "../../functions-service/runtime/sqlite.ts";
import type { Journal, Store } from "../../functions-service/store.ts";
import { MeshError } from "../../mesh/errors.ts";
import type { StoredEvent } from "../../mesh/event.ts";
import { type Closable, CloseStack } from "../../mesh/lifecycle.ts";
import { silentLog } from "../../mesh/log.ts";
import { defineService } from "../../worker-service/service.ts";
import { PROJECT, type TestMesh, shopConfig, startTestMesh } from "../support/mesh.ts";
import { callNative } from "./calling.ts";

const RECORDED = {
  rule: { rule: "allow" },
  record: { mode: "full", redact: ["payload.card", "response.iban"], maxBytes: 500 },
};
const NOTED = { rule: { rule: "allow" }, record: "result" };
const OPTIONAL = { rule: { rule: "allow" }, record: { mode: "result", required: false } };

let parts: CloseStack;
let store: Store;
let mesh: TestMesh;
/** What a handler finds in the store when it begins. */
let foundByHandler: StoredEvent | undefined;
let whenHandled: (() => Promise<void> | void) | undefined;

async function* counting(): AsyncGenerator<number> {
  yield 1;
  yield 2;
}

const pay = defineService("pay", {
  charge: async (params: { card: string; cents: number }, context) => {
    foundByHandler = await store.events.get(PROJECT, context.callId);
    await whenHandled?.();
    if (params.cents < 0) {
      throw new MeshError("function_failed", "less than nothing", { status: 422, cause: new Error("hidden") });
    }
    return { paid: params.cents, iban: "DE00" };
  },
  note: () => "noted",
  maybe: () => "maybe",
  plain: () => "plain",
  count: () => counting(),
  refused: () => "never",
});
const site = defineService("site", (request) =>
  request.url.endsWith("/gone") ? new Response("no", { status: 410 }) : Response.json({ ok: true }),
);

beforeEach(async () => {
  parts = new CloseStack();
  foundByHandler = undefined;
  whenHandled = undefined;
  store = parts.use(await openSqliteStore(":memory:", silentLog));
  const functions = {
    charge: RECORDED,
    note: NOTED,
    maybe: OPTIONAL,
    count: RECORDED,
    plain: { rule: { rule: "allow" } },
    refused: { rule: { rule: "deny" }, record: "full" },
  };
  const config = shopConfig({});
  const [project] = config["projects"] as [Record<string, unknown>];
  project["services"] = { pay: { functions }, site: { functions: { fetch: RECORDED } } };
  mesh = await startTestMesh({ kind: "embedded", config, services: [pay, site] });
  parts.defer(() => mesh.stop());
});
afterEach(() => parts.close());

async function record(append: Journal["append"] = store.journal.append.bind(store.journal)): Promise<Closable> {
  const broker = await mesh.connect();
  return startRecorder({ broker, project: PROJECT, journal: { append }, log: silentLog });
}

/** Records, and resolves when the end of a call is recorded. */
async function recordUntilEnd(stalled?: Promise<void>): Promise<() => Promise<void>> {
  const ended = Promise.withResolvers<void>();
  await record(async (project, changes) => {
    await store.journal.append(project, changes);
    if (changes.some(({ change }) => change === "ended")) ended.resolve();
    else await stalled;
  });
  return () => ended.promise;
}

async function onlyEvent(): Promise<StoredEvent> {
  const { items } = await store.events.list(PROJECT, {}, { limit: 10 });
  expect(items).toHaveLength(1);
  const [event] = items;
  if (event === undefined) throw new Error("nothing was recorded");
  return event;
}

function charge(cents: number, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const body = JSON.stringify({ cents, card: "4111" });
  return callNative(mesh, "pay/charge", { body, headers: { "Content-Type": "application/json", ...headers } });
}

test("a call is recorded before it is sent, and its end before it is answered", async () => {
  await record();
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const response = await charge(5, { traceparent });
  expect(await response.json()).toEqual({ paid: 5, iban: "DE00" });
  const event = await onlyEvent();
  expect(foundByHandler).toMatchObject({
    id: event.id,
    type: "FUNCTION_INVOCATION",
    status: "PENDING",
    source: "pay.charge",
    payload: { cents: 5, card: "[redacted]" },
    invocationId: event.id,
  });
  expect(Date.parse(foundByHandler?.deadline ?? "")).toBeGreaterThan(Date.parse(event.timestamp));
  expect(event).toMatchObject({
    status: "SUCCESS",
    response: { paid: 5, iban: "[redacted]" },
    error: undefined,
    traceId: "0af7651916cd43dd8448eb211c80319c",
  });
  expect(event.durationMs).toBeGreaterThan(0);
  expect(response.headers.get("Server-Timing")).toContain("record;dur=");
  const { transitions } = await store.journal.read(0, { limit: 10 });
  expect(transitions.map(({ change }) => [change.change, change.status, change.id])).toEqual([
    ["begun", "PENDING", event.id],
    ["ended", "SUCCESS", event.id],
  ]);
});

test("a call that fails is recorded with its code and its public text", async () => {
  await record();
  expect((await charge(-1)).status).toBe(422);
  const event = await onlyEvent();
  expect(event).toMatchObject({ status: "FAILURE", response: undefined });
  expect(event.error).toEqual({ code: "function_failed", message: "less than nothing" });
  expect(JSON.stringify(event)).not.toContain("hidden");
});

test("of a result alone neither payload nor response is recorded", async () => {
  await record();
  await callNative(mesh, "pay/note", { body: '"secret"' });
  const { status, payload, response } = await onlyEvent();
  expect({ status, payload, response }).toEqual({ status: "SUCCESS", payload: undefined, response: undefined });
});

test.each([
  ["a caller whom the rule refuses", "pay/refused", 403],
  ["a call that nobody wants recorded", "pay/plain", 200],
])("nothing is recorded of %s", async (_whom, name, status) => {
  await record();
  expect((await callNative(mesh, name, { token: await mesh.token() })).status).toBe(status);
  expect((await store.events.list(PROJECT, {}, { limit: 10 })).items).toEqual([]);
});

test("a call that cannot be recorded is refused, and does not reach its function", async () => {
  const response = await charge(5);
  expect(response.status).toBe(503);
  expect(response.headers.get("Retry-After")).toBe("1");
  expect(await response.json()).toMatchObject({
    code: "worker_unavailable",
    detail: 'calls of "pay.charge" are recorded, and at the moment they cannot be recorded; try again',
  });
  expect(foundByHandler).toBeUndefined();
  await record();
  expect((await charge(5)).status).toBe(200);
});

test("where a record is not required a call that cannot be recorded is made without it", async () => {
  expect(await (await callNative(mesh, "pay/maybe", {})).json()).toBe("maybe");
});

test("a call that was not sent because its beginning may have been lost is recorded as failed", async () => {
  const stalled = Promise.withResolvers<void>();
  const untilEnd = await recordUntilEnd(stalled.promise);
  const response = await charge(5, { "X-Request-Timeout": "0.2" });
  expect(response.status).toBe(503);
  stalled.resolve();
  await untilEnd();
  expect(await onlyEvent()).toMatchObject({ status: "FAILURE", error: { code: "worker_unavailable" } });
  expect(foundByHandler).toBeUndefined();
});

test("while there is no room for more, calls end that run, and others are refused or go unrecorded", async () => {
  let isFull = false;
  await record(async (project, changes) => {
    if (isFull && changes.some(({ change }) => change === "begun")) throw new MeshError("overloaded", "no room");
    await store.journal.append(project, changes);
  });
  whenHandled = () => void (isFull = true);
  expect((await charge(5)).status).toBe(200);
  expect(await onlyEvent()).toMatchObject({ status: "SUCCESS", response: { paid: 5 } });
  const refused = await charge(6);
  expect(refused.status).toBe(503);
  expect(refused.headers.get("Retry-After")).toBe("1");
  expect(await refused.json()).toMatchObject({
    code: "overloaded",
    detail: 'calls of "pay.charge" are recorded, and more records wait than there is room for; try again',
  });
  expect(await (await callNative(mesh, "pay/maybe", {})).json()).toBe("maybe");
  await onlyEvent();
  isFull = false;
  expect((await charge(7)).status).toBe(200);
});

test("an answer waits for the store to be back, and is the one that is recorded", async () => {
  const recorder = await record();
  whenHandled = async () => {
    await recorder.close();
    setTimeout(() => void record(), 100);
  };
  expect((await charge(5)).status).toBe(200);
  expect(await onlyEvent()).toMatchObject({ status: "SUCCESS", response: { paid: 5 } });
});

test("an answer whose record cannot be written in time is not given", async () => {
  const recorder = await record();
  whenHandled = () => recorder.close();
  const response = await charge(5, { "X-Request-Timeout": "0.5" });
  expect(response.status).toBe(504);
  expect(await response.json()).toMatchObject({ code: "deadline_exceeded" });
  // The gateway still knows how it ended, and says so as soon as somebody listens.
  const untilEnd = await recordUntilEnd();
  await untilEnd();
  expect(await onlyEvent()).toMatchObject({ status: "SUCCESS" });
});

test("of a stream it is recorded that it began", async () => {
  await record();
  const response = await callNative(mesh, "pay/count", { headers: { Accept: "application/json" } });
  expect(await response.json()).toEqual([1, 2]);
  expect(await onlyEvent()).toMatchObject({
    status: "SUCCESS",
    response: { $omitted: "stream", contentType: "application/x-ndjson" },
  });
});

test("HTTP is recorded with method, path and status, and a status of an error is a failure", async () => {
  await record();
  const url = `${mesh.url}/v1/http/${PROJECT}/site`;
  await fetch(`${url}/a?q=1`, { method: "PUT", headers: { Cookie: "c=1" }, body: "{}" });
  const event = await onlyEvent();
  expect(event).toMatchObject({ source: "site.fetch", status: "SUCCESS", response: { status: 200 } });
  expect(event.payload).toMatchObject({ method: "PUT", path: "/a" });
  expect(JSON.stringify(event)).not.toContain("c=1");
  await store.events.remove(PROJECT, event.id);
  await fetch(`${url}/gone`);
  expect(await onlyEvent()).toMatchObject({ status: "FAILURE", error: { code: "function_failed" } });
});

test("calls of the same moment share their batches", async () => {
  let batches = 0;
  await record((project, changes) => {
    batches += 1;
    return store.journal.append(project, changes);
  });
  const statuses = await Promise.all(Array.from({ length: 100 }, async () => (await charge(1)).status));
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect((await store.events.list(PROJECT, { status: "SUCCESS" }, { limit: 200 })).items).toHaveLength(100);
  expect(batches).toBeLessThan(100);
});
