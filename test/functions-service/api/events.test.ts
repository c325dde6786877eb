import * as v from "valibot";
import { expect, test } from "vitest";
import { eventSchema } from "../../../functions-service/api/schemas.ts";
import type { StoredEvent } from "../../../mesh/event.ts";
import { EVENTS, type TestApi, useApi } from "./use-api.ts";

const order = { type: "ORDER_PLACED", source: "web-shop", payload: { order: 7 } };

async function post(api: TestApi, event: object = order): Promise<StoredEvent> {
  return api.json<StoredEvent>("POST", EVENTS, event);
}

test("an event is recorded, pending, and what is to be told of it stands in the journal", async () => {
  const api = await useApi();
  const response = await api.send("POST", EVENTS, { ...order, id: "mine", timestamp: "yesterday" });
  const event = (await response.json()) as StoredEvent;
  expect(response.status).toBe(201);
  expect(response.headers.get("Location")).toBe(`${EVENTS}/${event.id}`);
  expect(event).toMatchObject({ ...order, project: "shop", status: "PENDING", retryCount: 0 });
  expect(v.safeParse(v.strictObject(eventSchema.entries), event).issues).toBeUndefined();
  expect(await api.json("GET", `${EVENTS}/${event.id}`)).toEqual(event);
  const { transitions } = await api.store.journal.read(0, { limit: 10 });
  expect(transitions).toMatchObject([{ project: "shop", change: { change: "begun", id: event.id, ...order } }]);
});

test("events are listed newest first, page by page", async () => {
  const api = await useApi();
  const made: string[] = [];
  for (let count = 0; count < 5; count++) made.push((await post(api)).id);
  const listed: string[] = [];
  for (let path: string | undefined = `${EVENTS}?limit=2&type=ORDER_PLACED`; path !== undefined;) {
    const response = await api.send("GET", path);
    listed.push(...((await response.json()) as StoredEvent[]).map(({ id }) => id));
    path = /^<(.*)>; rel="next"$/.exec(response.headers.get("Link") ?? "")?.[1];
  }
  expect(listed.toSorted()).toEqual(made.toSorted());
  const all = await api.json<StoredEvent[]>("GET", EVENTS);
  expect(all.map(({ id }) => id)).toEqual(listed);
  const times = all.map(({ timestamp }) => timestamp);
  expect(times).toEqual(times.toSorted().reverse());
});

test("events are found by source, type, status and time", async () => {
  const api = await useApi();
  const paid = await post(api, { type: "PAYMENT_PROCESSED", source: "bank", status: "SUCCESS" });
  await post(api);
  const found = async (query: string): Promise<string[]> =>
    (await api.json<StoredEvent[]>("GET", `${EVENTS}?${query}`)).map(({ id }) => id);
  expect(await found("source=bank")).toEqual([paid.id]);
  expect(await found("type=PAYMENT_PROCESSED&status=SUCCESS")).toEqual([paid.id]);
  expect(await found("status=PROCESSED")).toEqual([paid.id]);
  expect(await found("source=bank&status=FAILURE")).toEqual([]);
  expect(await found(`source=bank&since=${paid.timestamp}`)).toEqual([paid.id]);
  expect(await found(`source=bank&until=${paid.timestamp}`)).toEqual([]);
  expect(await found("since=2020-01-01T00:00:00%2B01:00&until=2020-01-02T00:00:00Z")).toEqual([]);
});

test.each([
  "status=DONE",
  "type=order",
  "since=yesterday",
  "since=2026-02-45T00:00:00Z",
  "staus=PENDING",
  "limit=1001",
])("a list with ?%s is refused", async (query) => {
  const api = await useApi();
  const response = await api.send("GET", `${EVENTS}?${query}`);
  const [name = ""] = query.split("=");
  expect([response.status, await response.json()]).toMatchObject([400, { errors: [{ path: [name] }] }]);
});

test.each([
  ["SUCCESS", "SUCCESS"],
  ["PROCESSED", "SUCCESS"],
  ["FAILURE", "FAILURE"],
  ["FAILED", "FAILURE"],
])("a pending event ends with %s, once, and nothing else of it changes", async (status, stored) => {
  const api = await useApi();
  const event = await post(api);
  const end = (word: string): Promise<Response> =>
    api.send("PUT", `${EVENTS}/${event.id}`, { status: word, source: "other", payload: null });
  const ended = await end(status);
  expect([ended.status, await ended.json()]).toEqual([200, { ...event, status: stored }]);
  expect((await end(stored)).status).toBe(200);
  expect((await end("PENDING")).status).toBe(409);
  expect((await end(stored === "SUCCESS" ? "FAILURE" : "SUCCESS")).status).toBe(409);
  const { transitions } = await api.store.journal.read(0, { limit: 10 });
  expect(transitions.map(({ change }) => change.status)).toEqual(["PENDING", stored]);
});

test("of two who end an event differently at the same time one is told that it has ended", async () => {
  const api = await useApi();
  const { id } = await post(api);
  const both = await Promise.all(
    ["SUCCESS", "FAILURE"].map((status) => api.send("PUT", `${EVENTS}/${id}`, { status })),
  );
  expect(both.map(({ status }) => String(status)).sort()).toEqual(["200", "409"]);
});

test("an event that is deleted is gone", async () => {
  const api = await useApi();
  const { id } = await post(api);
  const path = `${EVENTS}/${id}`;
  expect((await api.send("DELETE", path)).status).toBe(204);
  for (const [method, body] of [["GET"], ["DELETE"], ["PUT", { status: "SUCCESS" }]] as const) {
    const response = await api.send(method, path, body);
    expect([response.status, await response.json()]).toMatchObject([404, { detail: expect.stringContaining(id) }]);
  }
});

test.each([
  [{ ...order, type: "order" }, "type"],
  [{ ...order, source: "" }, "source"],
  [{ ...order, status: "DONE" }, "status"],
  [{}, "type"],
])("event %j is refused", async (event, at) => {
  const api = await useApi();
  const response = await api.send("POST", EVENTS, event);
  const { errors } = (await response.json()) as { errors: { path: string[] }[] };
  expect([response.status, errors[0]?.path]).toEqual([400, [at]]);
});
