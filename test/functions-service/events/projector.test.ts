import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Projector, startProjector } from "../../../functions-service/events/projector.ts";
import { openSqliteStore } from "../../../functions-service/runtime/sqlite.ts";
import type { Journal, Store } from "../../../functions-service/store.ts";
import { CloseStack } from "../../../mesh/lifecycle.ts";
import { jsonLog, silentLog } from "../../../mesh/log.ts";
import { recordInvocations } from "./events.ts";

/** Longer than any test. */
const NEVER_MS = 3_600_000;

let stack: CloseStack;
let store: Store;

beforeEach(async () => {
  stack = new CloseStack();
  store = stack.use(await openSqliteStore(":memory:", silentLog));
});
afterEach(() => stack.close());

/** A journal that counts its runs, and is as far as `end` says. */
function countingJournal(options: { fails?: () => boolean } = {}) {
  const runs: number[] = [];
  return {
    runs,
    end: 0,
    async project() {
      runs.push(performance.now());
      if (options.fails?.() === true) throw new Error("the disk is full");
      return true;
    },
    async bounds() {
      return { start: 0, end: this.end };
    },
  };
}

function start(journal: Pick<Journal, "project" | "bounds">, pollMs = NEVER_MS): Projector {
  return stack.use(startProjector({ journal, log: silentLog, pollMs }));
}

test("what was appended is in the events a moment after it is woken, and listeners hear of it", async () => {
  const projector = start(store.journal);
  const progress = vi.fn<() => void>();
  projector.onProgress(progress);
  await vi.waitFor(() => expect(progress).toHaveBeenCalledTimes(1));
  await recordInvocations(store.journal, 3);
  projector.wake();
  await vi.waitFor(() => expect(progress).toHaveBeenCalledTimes(2));
  expect(await store.journal.bounds()).toEqual({ start: 0, end: 6 });
});

test("however often it is woken, runs are a moment apart, and there is one after the last", async () => {
  const journal = countingJournal();
  const projector = start(journal);
  const until = performance.now() + 300;
  let lastWake = 0;
  while (performance.now() < until) {
    lastWake = performance.now();
    projector.wake();
    await Bun.sleep(1);
  }
  await vi.waitFor(() => expect(journal.runs.at(-1)).toBeGreaterThanOrEqual(lastWake));
  const gaps = journal.runs.slice(1).map((run, place) => run - (journal.runs[place] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThan(45);
});

test("what others appended and projected is found by polling, and told once", async () => {
  const journal = countingJournal();
  const projector = start(journal, 5);
  const progress = vi.fn<() => void>();
  projector.onProgress(progress);
  await vi.waitFor(() => expect(journal.runs.length).toBeGreaterThan(2));
  const before = progress.mock.calls.length;
  journal.end = 7;
  const runs = journal.runs.length;
  await vi.waitFor(() => expect(journal.runs.length).toBeGreaterThan(runs + 3));
  expect(progress.mock.calls.length).toBe(before + 1);
});

test("who stops listening hears no more", async () => {
  const journal = countingJournal();
  const projector = start(journal, 5);
  const progress = vi.fn<() => void>();
  const stop = projector.onProgress(progress);
  await vi.waitFor(() => expect(progress).toHaveBeenCalled());
  stop();
  const calls = progress.mock.calls.length;
  const runs = journal.runs.length;
  journal.end = 7;
  await vi.waitFor(() => expect(journal.runs.length).toBeGreaterThan(runs + 2));
  expect(progress.mock.calls.length).toBe(calls);
});

test("a store that fails is tried again, which the log says once, and when it works", async () => {
  const lines: string[] = [];
  const log = jsonLog((line) => void lines.push(line));
  let failures = 4;
  const journal = countingJournal({ fails: () => failures-- > 0 });
  stack.use(startProjector({ journal, log, pollMs: 5 }));
  await vi.waitFor(() => expect(lines).toHaveLength(2), { timeout: 5000 });
  expect(lines[0]).toContain("the disk is full");
  expect(lines[1]).toContain("brought up to date again");
});

test("once it is closed it does nothing more", async () => {
  const journal = countingJournal();
  const projector = start(journal, 5);
  await vi.waitFor(() => expect(journal.runs.length).toBeGreaterThan(1));
  await projector.close();
  const runs = journal.runs.length;
  projector.wake();
  await Bun.sleep(100);
  expect(journal.runs).toHaveLength(runs);
});
