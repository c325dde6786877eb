import { afterAll, expect, onTestFinished, test } from "vitest";
import { createFunctionsApp } from "../../../functions-service/app.ts";
import { startProjector } from "../../../functions-service/events/projector.ts";
import { wakingJournal } from "../../../functions-service/events/waking-journal.ts";
import { openSqliteStore } from "../../../functions-service/runtime/sqlite.ts";
import type { StoredEvent } from "../../../mesh/event.ts";
import { silentLog } from "../../../mesh/log.ts";
import type { Context } from "../../../worker-service/context.ts";
import { defineService } from "../../../worker-service/service.ts";
import { meshForSuite } from "../../gateway/calling.ts";
import { PROJECT, shopConfig } from "../../support/mesh.ts";
import { type EventReader, type StreamMessage, readEvents } from "./read-events.ts";
import { EVENTS, FUNCTIONS, hello } from "./use-api.ts";

const opened = await openSqliteStore(":memory:", silentLog);
const projector = startProjector({ journal: opened.journal, log: silentLog });
afterAll(async () => {
  await projector.close();
  await opened.close();
});
const store = { ...opened, journal: wakingJournal(opened.journal, () => projector.wake()) };
let listeners = 0;
const { fetch: handle } = createFunctionsApp({
  store,
  project: PROJECT,
  heartbeatMs: 300,
  onProgress(listener) {
    listeners++;
    const stop = projector.onProgress(listener);
    return () => {
      listeners--;
      stop();
    };
  },
});

const mesh = meshForSuite({
  kind: "embedded",
  config: shopConfig({ functions: { fetch: "authenticated" } }),
  services: [
    defineService("functions", handle),
    defineService("hello", { handler: (_: unknown, { callId }: Context) => ({ callId }) }),
  ],
  idleSeconds: 1,
});

async function send(method: string, path: string, more: RequestInit = {}): Promise<Response> {
  const headers = new Headers(more.headers);
  headers.set("Authorization", `Bearer ${await mesh().token()}`);
  return fetch(mesh().url + path, { ...more, method, headers });
}

/** Listens until the test is over, or cut off. */
async function listen(query: string, lastId = ""): Promise<EventReader & { cut(): void }> {
  const cutting = new AbortController();
  onTestFinished(() => cutting.abort());
  const headers = { Accept: "text/event-stream", ...(lastId !== "" && { "Last-Event-ID": lastId }) };
  const response = await send("GET", `${EVENTS}?${query}`, { headers, signal: cutting.signal });
  expect([response.status, response.headers.get("Content-Type")]).toEqual([200, "text/event-stream"]);
  return Object.assign(readEvents(response), { cut: () => cutting.abort() });
}

async function post(source: string, payload: unknown): Promise<void> {
  const body = JSON.stringify({ type: "OTHER", source, payload });
  expect((await send("POST", EVENTS, { body })).status).toBe(201);
}

test("whoever is cut off in the middle of a load and comes back has in the end had everything, in order and once", async () => {
  const count = 400;
  let reader = await listen("source=load");
  const load = (async () => {
    for (let next = 0; next < count; next += 8)
      await Promise.all(Array.from({ length: 8 }, (_, more) => post("load", { number: next + more })));
  })();
  const got: StreamMessage[] = [];
  while (got.length < count) {
    got.push(await reader.next());
    if (got.length % 90 === 0) {
      const { id = "" } = got.at(-1) ?? {};
      reader.cut();
      reader = await listen("source=load", id);
    }
  }
  await load;
  const numbers = got.map(({ data }) => (data.data.payload as { number: number }).number);
  expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, number) => number));
  const sequences = got.map(({ id }) => Number(id));
  expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
});

test("a stream outlives the silence that connections are allowed, and is let go when its client leaves", async () => {
  await expect.poll(() => listeners).toBe(0);
  const reader = await listen("source=late");
  const waiting = reader.next();
  await expect.poll(() => reader.comments, { timeout: 10_000 }).toBeGreaterThan(6);
  await post("late", 1);
  expect((await waiting).data.data.payload).toBe(1);
  expect(listeners).toBe(1);
  reader.cut();
  await expect.poll(() => listeners).toBe(0);
});

test("a client that does not read holds nothing up but itself", async () => {
  const slow = await listen("source=large");
  const text = "x".repeat(100_000);
  for (let number = 0; number < 40; number++) await post("large", { number, text });
  for (let number = 0; number < 40; number++) expect((await slow.next()).data.data.payload).toEqual({ number, text });
});

test("an invocation of a stored function is an event under the id that its handler knows", async () => {
  const created = await send("POST", FUNCTIONS, { body: JSON.stringify(hello) });
  const { id } = (await created.json()) as { id: string };
  const reader = await listen("type=FUNCTION_INVOCATION");
  const called = await send("POST", `${FUNCTIONS}/invoke/${id}`, { body: JSON.stringify({ data: { n: 1 } }) });
  const invocationId = called.headers.get("Fmesh-Invocation-Id") ?? "";
  expect(await called.json()).toEqual({ callId: invocationId });
  const event = (await (await send("GET", `${EVENTS}/${invocationId}`)).json()) as StoredEvent;
  expect(event).toMatchObject({ source: "hello", status: "SUCCESS", payload: { n: 1 } });
  const told = [await reader.next(), await reader.next()];
  expect(told.map(({ data }) => data.id)).toEqual([`${invocationId}.pending`, `${invocationId}.success`]);
});

test("HEAD of a stream leaves nothing open", async () => {
  const response = await send("HEAD", EVENTS, { headers: { Accept: "text/event-stream" } });
  expect(response.status).toBe(200);
  await expect.poll(() => listeners).toBe(0);
});
