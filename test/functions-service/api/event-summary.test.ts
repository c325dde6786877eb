import * as v from "valibot";
import { expect, test } from "vitest";
import { eventSummarySchema } from "../../../functions-service/api/event-summary-schema.ts";
import type { EventSummary } from "../../../mesh/event-summary.ts";
import { EVENTS, useApi } from "./use-api.ts";

const SUMMARY = `${EVENTS}/summary`;

test("what began within the last hour is counted by the minute when nothing else is said", async () => {
  const api = await useApi({ now: () => new Date("2026-05-01T11:00:00.000Z") });
  const before = await api.json<EventSummary>("GET", SUMMARY);
  expect(before).toMatchObject({
    since: "2026-05-01T10:00:00.000Z",
    until: "2026-05-01T11:00:00.000Z",
    bucketMs: 60_000,
  });
  expect(before.buckets).toHaveLength(60);
  expect(v.safeParse(v.strictObject(eventSummarySchema.entries), before).issues).toBeUndefined();
  expect(before.totals).toEqual({
    total: 0,
    pending: 0,
    failed: 0,
    p50Ms: null,
    p90Ms: null,
    p99Ms: null,
    maxMs: null,
  });
});

test("a summary is of the events that a list would hold", async () => {
  const api = await useApi();
  for (const [source, status] of [
    ["web-shop", "PENDING"],
    ["web-shop", "FAILURE"],
    ["bank", "SUCCESS"],
  ]) {
    await api.json("POST", EVENTS, { type: "ORDER_PLACED", source, status });
  }
  const until = new Date(Date.now() + 60_000).toISOString();
  const summary = (query: string): Promise<EventSummary> =>
    api.json<EventSummary>("GET", `${SUMMARY}?until=${until}&buckets=3&${query}`);
  const all = await summary("type=ORDER_PLACED");
  expect(all.totals).toMatchObject({ total: 3, pending: 1, failed: 1 });
  expect(all.sources).toMatchObject([
    { source: "web-shop", total: 2, failed: 1 },
    { source: "bank", total: 1, failed: 0 },
  ]);
  expect(all.buckets.map(({ total }) => total)).toEqual([0, 0, 3]);
  expect((await summary("source=bank")).totals.total).toBe(1);
  expect((await summary("status=FAILED")).totals.total).toBe(1);
  expect((await summary(`since=${new Date(Date.parse(until) - 1).toISOString()}`)).totals.total).toBe(0);
});

test.each(["status=DONE", "type=order", "since=yesterday", "staus=PENDING", "buckets=501", "buckets=0", "limit=3"])(
  "a summary with ?%s is refused",
  async (query) => {
    const api = await useApi();
    const response = await api.send("GET", `${SUMMARY}?${query}`);
    const [name = ""] = query.split("=");
    expect([response.status, await response.json()]).toMatchObject([400, { errors: [{ path: [name] }] }]);
  },
);

test("a summary of a time that ends before it begins is refused", async () => {
  const api = await useApi();
  const response = await api.send("GET", `${SUMMARY}?since=2026-05-01T10:00:00Z&until=2026-05-01T09:00:00Z`);
  expect([response.status, await response.json()]).toMatchObject([
    400,
    { detail: expect.stringContaining("is not before until") },
  ]);
});
