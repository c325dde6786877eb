import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startPruner } from "../../../functions-service/events/pruner.ts";
import { openSqliteStore } from "../../../functions-service/runtime/sqlite.ts";
import type { Store } from "../../../functions-service/store.ts";
import { CloseStack } from "../../../mesh/lifecycle.ts";
import { jsonLog, silentLog } from "../../../mesh/log.ts";
import { ending, invocation, recordInvocations } from "./events.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let stack: CloseStack;
let store: Store;

beforeEach(async () => {
  stack = new CloseStack();
  store = stack.use(await openSqliteStore(":memory:", silentLog));
});
afterEach(() => stack.close());

const everything = (): Promise<number> =>
  store.events.list("shop", {}, { limit: 1000 }).then(({ items, next }) => (next === undefined ? items.length : 1001));

test("the journal keeps the last hour, and what a sink has not confirmed", async () => {
  await store.journal.sinks.keep(["slow"]);
  await store.journal.sinks.hold("slow", "me", HOUR_MS);
  await recordInvocations(store.journal, 3);
  await recordInvocations(store.journal, 3);
  await store.journal.project();
  const now = { ms: Date.now() };
  const pruner = stack.use(startPruner({ ...store, log: silentLog, now: () => now.ms }));
  await store.journal.sinks.advance("slow", "me", 6);
  await pruner.run();
  expect(await store.journal.bounds()).toEqual({ start: 0, end: 12 });
  now.ms += HOUR_MS + 1000;
  await pruner.run();
  expect(await store.journal.bounds()).toEqual({ start: 6, end: 12 });
  await store.journal.sinks.advance("slow", "me", 12);
  await pruner.run();
  // The last row stays: numbers go on from it.
  expect(await store.journal.bounds()).toEqual({ start: 9, end: 12 });
  expect(await everything()).toBe(6);
});

test("events that ended are forgotten after their days, however many they are; others stay", async () => {
  const now = Date.now();
  const old = Array.from({ length: 2500 }, () => invocation({ startedAt: now - 3 * DAY_MS }));
  const pending = invocation({ startedAt: now - 3 * DAY_MS });
  const young = invocation({ startedAt: now - DAY_MS });
  await store.journal.append("shop", [...old, pending, young]);
  await store.journal.append(
    "shop",
    [...old, young].map((begun) => ending(begun)),
  );
  await store.journal.project();
  const pruner = stack.use(startPruner({ ...store, keepDays: 2, log: silentLog, now: () => now }));
  await pruner.run();
  const { items } = await store.events.list("shop", {}, { limit: 10 });
  expect(items.map(({ id }) => id)).toEqual([young.id, pending.id]);
});

test("without days events are kept for ever", async () => {
  await recordInvocations(store.journal, 3);
  const pruner = stack.use(startPruner({ ...store, log: silentLog, now: () => Date.now() + 10_000 * DAY_MS }));
  await pruner.run();
  expect(await everything()).toBe(3);
});

test("it looks by itself, and again when it failed", async () => {
  const lines: string[] = [];
  const prune = vi.fn<Store["journal"]["prune"]>().mockRejectedValueOnce(new Error("the disk is full"));
  const log = jsonLog((line) => void lines.push(line));
  const pruner = startPruner({ events: store.events, journal: { prune }, log, everyMs: 1 });
  await vi.waitFor(() => expect(prune.mock.calls.length).toBeGreaterThan(2));
  await pruner.close();
  expect(lines).toEqual([expect.stringContaining("the disk is full")]);
});
