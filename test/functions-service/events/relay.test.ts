import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Relay, type RelayOptions } from "../../../functions-service/events/relay.ts";
import { wakingEvents } from "../../../functions-service/events/waking-events.ts";
import { openSqliteStore } from "../../../functions-service/runtime/sqlite.ts";
import type { Store } from "../../../functions-service/store.ts";
import { CloseStack } from "../../../mesh/lifecycle.ts";
import { jsonLog, silentLog } from "../../../mesh/log.ts";
import { misheard, recordInvocations, recordingSink } from "./events.ts";

/** Longer than any test: what is told was woken, not polled for. */
const NEVER_MS = 3_600_000;

let stack: CloseStack;
let store: Store;

beforeEach(async () => {
  stack = new CloseStack();
  store = stack.use(await openSqliteStore(":memory:", silentLog));
});
afterEach(() => stack.close());

function startRelay(options: Pick<RelayOptions, "sinks"> & Partial<RelayOptions>): Relay {
  const relay = stack.use(new Relay({ outbox: store.outbox, log: silentLog, pollMs: 5, ...options }));
  relay.start();
  return relay;
}

const untilEmpty = (): Promise<void> =>
  vi.waitFor(async () => expect((await store.outbox.backlog()).count).toBe(0), { timeout: 10_000, interval: 5 });

test("everything is told once, of each invocation in order, and then forgotten", async () => {
  const expected = await recordInvocations(store.events, 1000);
  const sink = recordingSink();
  const relay = startRelay({ sinks: [sink] });
  await untilEmpty();
  expect(misheard(sink.ids, expected)).toEqual([]);
  expect(sink.ids).toHaveLength(2000);
  expect(await relay.metrics()).toEqual({
    backlog: { count: 0, oldestMs: 0 },
    sinks: { recording: { published: 2000, failed: 0, isFailing: false } },
  });
});

test("the end of an invocation is not in flight before its beginning is confirmed", async () => {
  await recordInvocations(store.events, 50);
  const sink = recordingSink();
  startRelay({ sinks: [sink] });
  await untilEmpty();
  for (const batch of sink.batches) {
    const events = batch.map((id) => id.split(".")[0]);
    expect(new Set(events).size).toBe(events.length);
  }
});

test("what is refused at random is told again, and nothing overtakes what was refused", async () => {
  const expected = await recordInvocations(store.events, 200);
  let turn = 0;
  const sink = recordingSink({ confirms: () => turn++ % 7 !== 3 });
  const relay = startRelay({ sinks: [sink], batch: 400 });
  await untilEmpty();
  expect(misheard(sink.ids, expected)).toEqual([]);
  expect(sink.ids).toHaveLength(400);
  const { recording } = (await relay.metrics()).sinks;
  expect(recording?.failed).toBeGreaterThan(0);
  expect(recording?.isFailing).toBe(false);
});

test("a sink that is away keeps nobody waiting, holds one batch in memory, and gets everything when it is back", async () => {
  const expected = await recordInvocations(store.events, 600);
  let isAway = true;
  const away = recordingSink({ name: "away", confirms: () => !isAway });
  const there = recordingSink({ name: "there" });
  startRelay({ sinks: [away, there], batch: 100 });
  await vi.waitFor(() => expect(there.ids).toHaveLength(1200), { interval: 5 });
  expect((await store.outbox.backlog()).count).toBe(1200);
  expect(Math.max(...away.batches.map((batch) => batch.length))).toBeLessThanOrEqual(100);
  isAway = false;
  await untilEmpty();
  expect(misheard(away.ids, expected)).toEqual([]);
  expect(there.ids).toHaveLength(1200);
});

test("new notices are told at once, without polling", async () => {
  const sink = recordingSink();
  const relay = startRelay({ sinks: [sink], pollMs: NEVER_MS });
  const woken = wakingEvents(store.events, () => relay.wake());
  for (let round = 1; round <= 20; round++) {
    await recordInvocations(woken, 1);
    await vi.waitFor(() => expect(sink.ids).toHaveLength(2 * round), { interval: 1 });
  }
});

test("what another process put into the outbox is found by polling", async () => {
  const sink = recordingSink();
  startRelay({ sinks: [sink] });
  await recordInvocations(store.events, 3);
  await untilEmpty();
  expect(sink.ids).toHaveLength(6);
});

test("two relays on one outbox lose nothing; what comes twice has the same id", async () => {
  const expected = await recordInvocations(store.events, 500);
  const sink = recordingSink();
  startRelay({ sinks: [sink], batch: 40 });
  startRelay({ sinks: [sink], batch: 70 });
  await untilEmpty();
  expect(misheard(sink.ids, expected)).toEqual([]);
  expect(new Set(sink.ids).size).toBe(1000);
});

test("an outbox that fails for a while is read again", async () => {
  await recordInvocations(store.events, 300);
  let failures = 3;
  const sometimes = (): void => {
    if (failures-- > 0) throw new Error("the disk is full");
  };
  const sink = recordingSink();
  const { outbox } = store;
  startRelay({
    sinks: [sink],
    outbox: {
      next: (after, limit) => outbox.next(after, limit),
      async sent(sequences) {
        sometimes();
        await outbox.sent(sequences);
      },
      backlog: () => outbox.backlog(),
    },
  });
  await untilEmpty();
  expect(sink.ids).toHaveLength(600);
});

test("the log says once why events wait, and when they move again", async () => {
  const lines: string[] = [];
  const log = jsonLog((line) => void lines.push(line));
  let refusals = 4;
  const sink = recordingSink({ confirms: () => refusals-- <= 0 });
  await recordInvocations(store.events, 1);
  startRelay({ sinks: [sink], log, batch: 1 });
  await untilEmpty();
  const told = lines.map((line) => JSON.parse(line) as { message: string; sink: string; reason?: string });
  expect(told).toMatchObject([
    { message: expect.stringContaining("wait in the outbox"), sink: "recording", reason: "not now" },
    { message: "events are delivered again", sink: "recording" },
  ]);
});

test("a relay that is closed leaves the rest in the outbox", async () => {
  await recordInvocations(store.events, 20);
  const sink = recordingSink({ confirms: () => false });
  const relay = startRelay({ sinks: [sink] });
  await vi.waitFor(() => expect(sink.batches.length).toBeGreaterThan(0), { interval: 1 });
  await relay.close();
  await relay.close();
  expect((await store.outbox.backlog()).count).toBe(40);
});

test("a relay without a sink is refused", () => {
  expect(() => new Relay({ outbox: store.outbox, sinks: [], log: silentLog })).toThrow(TypeError);
});
