import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { startProjector } from "../../../functions-service/events/projector.ts";
import { Relay, type RelayOptions } from "../../../functions-service/events/relay.ts";
import { wakingJournal } from "../../../functions-service/events/waking-journal.ts";
import type { Journal, Store } from "../../../functions-service/store.ts";
import { CloseStack } from "../../../mesh/lifecycle.ts";
import { jsonLog, silentLog } from "../../../mesh/log.ts";
import { usePostgres } from "../../support/postgres.ts";
import { type StorePlace, postgresPlace, sqlitePlace } from "../store-place.ts";
import { backlogOf, ending, invocation, misheard, recordInvocations, recordingSink, untilTold } from "./events.ts";

/** Longer than any test: what is told was woken, not polled for. */
const NEVER_MS = 3_600_000;
const LEASE_MS = 300;
/** Longer than a busy machine keeps a process waiting. */
const LONG_LEASE_MS = 30_000;

describe.each(["SQLite", "PostgreSQL"])("the relay of a journal in %s", (kind) => {
  const server = kind === "PostgreSQL" ? usePostgres() : undefined;
  let stack: CloseStack;
  let place: StorePlace;
  let store: Store;

  beforeEach(async () => {
    stack = new CloseStack();
    place = stack.use(await (server === undefined ? sqlitePlace() : postgresPlace(server.url)));
    store = await place.open();
  });
  afterEach(() => stack.close());

  /** The store's journal, kept up to date. */
  function projected({ journal } = store): Journal {
    stack.use(startProjector({ journal, log: silentLog, pollMs: 5 }));
    return journal;
  }

  async function startRelay(options: Pick<RelayOptions, "sinks"> & Partial<RelayOptions>): Promise<Relay> {
    const journal = options.journal ?? projected();
    const relay = stack.use(new Relay({ log: silentLog, pollMs: 5, ...options, journal }));
    await relay.start();
    return relay;
  }

  const untilAllTold = (): Promise<void> => untilTold(store.journal);

  test("everything is told once, of each invocation in order, and none is in flight twice", async () => {
    const sink = recordingSink();
    await startRelay({ sinks: [sink] });
    const expected = await recordInvocations(store.journal, 1000);
    await untilAllTold();
    expect(misheard(sink.ids, expected)).toEqual([]);
    expect(sink.ids).toHaveLength(2000);
    for (const batch of sink.batches) {
      const events = batch.map((id) => id.split(".")[0]);
      expect(new Set(events).size).toBe(events.length);
    }
  });

  test("of what is said twice the first word is told", async () => {
    const sink = recordingSink();
    await startRelay({ sinks: [sink] });
    const begun = invocation();
    for (let time = 0; time < 2; time++) await store.journal.append("shop", [begun]);
    for (const status of ["FAILURE", "SUCCESS"] as const) {
      await store.journal.append("shop", [ending(begun, { status })]);
    }
    await untilAllTold();
    expect(sink.ids).toEqual([`${begun.id}.pending`, `${begun.id}.failure`]);
  });

  test("what is refused at random is told again, and nothing overtakes what was refused", async () => {
    let turn = 0;
    const sink = recordingSink({ confirms: () => turn++ % 7 !== 3 });
    await startRelay({ sinks: [sink], batch: 400 });
    const expected = await recordInvocations(store.journal, 200);
    await untilAllTold();
    expect(misheard(sink.ids, expected)).toEqual([]);
    expect(sink.ids).toHaveLength(400);
  });

  test("a sink that is away keeps nobody waiting, holds one batch in memory, and gets everything when it is back", async () => {
    let isAway = true;
    const away = recordingSink({ name: "away", confirms: () => !isAway });
    const there = recordingSink({ name: "there" });
    await startRelay({ sinks: [away, there], batch: 100 });
    const expected = await recordInvocations(store.journal, 600);
    await vi.waitFor(() => expect(there.ids).toHaveLength(1200), { timeout: 10_000, interval: 5 });
    expect(await backlogOf(store.journal, "away")).toBe(1200);
    expect(Math.max(...away.batches.map((batch) => batch.length))).toBeLessThanOrEqual(100);
    isAway = false;
    await untilAllTold();
    expect(misheard(away.ids, expected)).toEqual([]);
    expect(there.ids).toHaveLength(1200);
  });

  test("what is new is told at once, without polling", async () => {
    const sink = recordingSink();
    const projector = stack.use(startProjector({ journal: store.journal, log: silentLog, pollMs: NEVER_MS }));
    const relay = await startRelay({ sinks: [sink], journal: store.journal, pollMs: NEVER_MS });
    projector.onProgress(() => relay.wake());
    const journal = wakingJournal(store.journal, () => projector.wake());
    for (let round = 1; round <= 10; round++) {
      await recordInvocations(journal, 1);
      // Whoever reads events brings them up to date before the projector does.
      await store.events.list("shop", {}, { limit: 1 });
      await vi.waitFor(() => expect(sink.ids).toHaveLength(2 * round), { timeout: 5000, interval: 1 });
    }
  });

  test("two relays on two connections tell everything once, and the second takes over when the first ends", async () => {
    const other = await place.open();
    const sinks = [recordingSink(), recordingSink()] as const;
    const first = await startRelay({ sinks: [sinks[0]], leaseMs: LONG_LEASE_MS, batch: 40 });
    await vi.waitFor(() => expect(holds(store)).resolves.toBe(false), { interval: 5 });
    await startRelay({ sinks: [sinks[1]], journal: projected(other), leaseMs: LONG_LEASE_MS, batch: 70 });
    const expected = await recordInvocations(store.journal, 500);
    await untilAllTold();
    expect(sinks.map(({ ids }) => ids.length)).toEqual([1000, 0]);
    await first.close();
    expected.push(...(await recordInvocations(store.journal, 500)));
    await untilAllTold();
    expect(sinks.map(({ ids }) => ids.length)).toEqual([1000, 1000]);
    expect(
      misheard(
        sinks.flatMap(({ ids }) => ids),
        expected,
      ),
    ).toEqual([]);
  });

  test("relays that come and go while everything goes on lose nothing, tell in order and nothing twice", async () => {
    const sink = recordingSink();
    await store.journal.sinks.keep([sink.name]);
    const recorded: Promise<[string, string][]>[] = [];
    for (let round = 0; round < 6; round++) {
      const { journal } = await place.open();
      const relay = await startRelay({
        sinks: [sink],
        journal: projected({ ...store, journal }),
        leaseMs: LONG_LEASE_MS,
        batch: 16,
      });
      recorded.push(recordInvocations(store.journal, 60));
      const before = sink.ids.length;
      await vi.waitFor(() => expect(sink.ids.length).toBeGreaterThan(before), { timeout: 10_000, interval: 1 });
      if (round < 5) await relay.close();
    }
    const expected = (await Promise.all(recorded)).flat();
    await untilAllTold();
    expect(misheard(sink.ids, expected)).toEqual([]);
    expect(sink.ids).toHaveLength(2 * expected.length);
  });

  test("what a process had in hand that was killed is taken over when its right is over", async () => {
    const sink = recordingSink();
    await store.journal.sinks.keep([sink.name]);
    const position = await store.journal.sinks.hold(sink.name, "a process that is killed", LEASE_MS);
    const until = performance.now() + LEASE_MS;
    await recordInvocations(projected(), 3);
    await store.journal.sinks.advance(sink.name, "a process that is killed", (position ?? 0) + 2);
    await startRelay({ sinks: [sink], journal: store.journal });
    await untilAllTold();
    expect(sink.ids).toHaveLength(4);
    expect(performance.now()).toBeGreaterThanOrEqual(until - 50);
  });

  test("a relay that lost its right stops, also in the middle of a page that nobody confirms", async () => {
    const stuck = hangingSink();
    const journal = projected();
    // Its lease is not prolonged: the store takes no such word from it any more.
    let mayHold = true;
    const deaf = { ...journalOf(journal), sinks: { ...sinksOf(journal), hold } };
    async function hold(...args: Parameters<Journal["sinks"]["hold"]>): Promise<number | undefined> {
      return mayHold ? journal.sinks.hold(...args) : undefined;
    }
    await startRelay({ sinks: [stuck], journal: deaf, leaseMs: LEASE_MS });
    await recordInvocations(store.journal, 5);
    await vi.waitFor(() => expect(stuck.waiting).toBe(1), { interval: 5 });
    mayHold = false;
    await vi.waitFor(() => expect(stuck.waiting).toBe(0), { timeout: 5000, interval: 5 });
    const sink = recordingSink();
    await startRelay({ sinks: [sink], journal, leaseMs: LEASE_MS });
    await untilAllTold();
    expect(sink.ids).toHaveLength(10);
  });

  test("a sink that is new begins at the end; one that is gone for a while has missed what was between", async () => {
    await recordInvocations(store.journal, 10);
    const sink = recordingSink({ name: "new" });
    const relay = await startRelay({ sinks: [sink] });
    const [heard] = await recordInvocations(store.journal, 1);
    await untilAllTold();
    expect(sink.ids).toEqual(heard);
    await relay.close();
    const others = await startRelay({ sinks: [recordingSink({ name: "other" })] });
    await recordInvocations(store.journal, 10);
    await others.close();
    await startRelay({ sinks: [sink] });
    const [again] = await recordInvocations(store.journal, 1);
    await untilAllTold();
    expect(sink.ids).toEqual([...(heard ?? []), ...(again ?? [])]);
  });

  test("a journal that fails for a while is read again", async () => {
    let failures = 3;
    const journal = projected();
    const sink = recordingSink();
    const failing: Journal = {
      ...journalOf(journal),
      async read(...args) {
        if (failures-- > 0) throw new Error("the disk is full");
        return journal.read(...args);
      },
    };
    await startRelay({ sinks: [sink], journal: failing });
    await recordInvocations(store.journal, 300);
    await untilAllTold();
    expect(sink.ids).toHaveLength(600);
  });

  test("the log says once why events wait, and when they move again", async () => {
    const lines: string[] = [];
    const log = jsonLog((line) => void lines.push(line));
    let refusals = 4;
    const sink = recordingSink({ confirms: () => refusals-- <= 0 });
    await startRelay({ sinks: [sink], log, batch: 1 });
    await recordInvocations(store.journal, 1);
    await untilAllTold();
    const told = lines.map((line) => JSON.parse(line) as { message: string; sink: string; reason?: string });
    expect(told).toMatchObject([
      { message: expect.stringContaining("wait in the journal"), sink: "recording", reason: "not now" },
      { message: "events are delivered again", sink: "recording" },
    ]);
  });

  test("a relay that is closed keeps what was confirmed, and leaves the rest in the journal", async () => {
    const begun = Array.from({ length: 20 }, () => invocation());
    const confirmed = new Set(begun.slice(0, 5).map(({ id }) => id));
    const sink = recordingSink({ confirms: ({ eventId }) => confirmed.has(eventId) });
    const relay = await startRelay({ sinks: [sink] });
    await store.journal.append("shop", begun);
    await vi.waitFor(() => expect(sink.ids).toHaveLength(5), { interval: 1 });
    await relay.close();
    await relay.close();
    expect(await backlogOf(store.journal, sink.name)).toBe(15);
    expect(await holds(store)).toBe(true);
  });
});

/** Whether somebody new could work for the sink `recording`; takes and returns the right to find out. */
async function holds({ journal }: Store): Promise<boolean> {
  const position = await journal.sinks.hold("recording", "a test", 1000);
  await journal.sinks.release("recording", "a test");
  return position !== undefined;
}

/** Never confirms anything; counts who waits for it. */
function hangingSink() {
  let waiting = 0;
  return {
    ...recordingSink(),
    get waiting() {
      return waiting;
    },
    async publish(notices: readonly unknown[], signal: AbortSignal) {
      if (notices.length === 0) return { confirmed: [], failure: undefined };
      waiting++;
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      waiting--;
      return { confirmed: [], failure: undefined };
    },
  };
}

function journalOf(journal: Journal): Journal {
  return wakingJournal(journal, () => undefined);
}

function sinksOf({ sinks }: Journal): Journal["sinks"] {
  return {
    keep: (names) => sinks.keep(names),
    hold: (...args) => sinks.hold(...args),
    advance: (...args) => sinks.advance(...args),
    release: (...args) => sinks.release(...args),
    status: () => sinks.status(),
  };
}
