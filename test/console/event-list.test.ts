import { describe, expect, test } from "vitest";
import { EventList, type RowPage } from "../../console/events/event-list.ts";
import type { EventRow } from "../../console/events/event-row.ts";
import { readFind } from "../../console/events/find.ts";
import { NOTHING_TOLD, addedSince, withChanges, withTold } from "../../console/events/live-events.ts";
import { type TimeWindow, changed, parseEventsSearch, windowOf } from "../../console/events/search.ts";
import { slicesOf } from "../../console/events/slices.ts";
import { asCurl } from "../../console/invocations/copy-as.ts";
import { findNeighbours } from "../../console/invocations/neighbours.ts";
import { addressOf, labelOf, repeatedCall } from "../../console/invocations/repeated-call.ts";
import { waterfallOf } from "../../console/invocations/waterfall.ts";

function row(place: number, change: Partial<EventRow> = {}): EventRow {
  return {
    ...{ id: `e${String(place).padStart(6, "0")}`, type: "FUNCTION_INVOCATION", status: "SUCCESS", at: place * 10 },
    ...{ source: "a.b", durationMs: 1, error: undefined, traceId: undefined, ...change },
  };
}

/** Events at 0, 10, 20 … milliseconds, as an API would page through them. */
class Events {
  readonly asked: TimeWindow[] = [];
  readonly all: readonly EventRow[];

  constructor(all: readonly EventRow[]) {
    this.all = all;
  }

  readonly fetch = async (window: TimeWindow, cursor: string | undefined): Promise<RowPage> => {
    this.asked.push(window);
    const found = this.all.filter(({ at }) => at >= window.since && at < window.until).toReversed();
    const from = Number(cursor ?? 0);
    const next = from + 50 < found.length ? String(from + 50) : undefined;
    return Promise.resolve({ rows: found.slice(from, from + 50), next });
  };

  slices(parts: number) {
    const bucketMs = (this.all.length * 10) / parts;
    const buckets = Array.from({ length: parts }, (_, part) => {
      const total = this.all.filter(({ at }) => Math.floor(at / bucketMs) === part).length;
      return { at: new Date(part * bucketMs).toISOString(), total, ...NO_FIGURES };
    });
    return slicesOf({ buckets, bucketMs, until: new Date(this.all.length * 10).toISOString() });
  }
}

const NO_FIGURES = { pending: 0, failed: 0, p50Ms: null, p90Ms: null, p99Ms: null, maxMs: null };

describe("a long list", () => {
  const thousand = Array.from({ length: 1000 }, (_, place) => row(place));
  const settled = async (list: EventList, first: number, last: number): Promise<readonly (string | undefined)[]> => {
    const isThere = (): boolean =>
      list
        .getState()
        .rows.slice(first, last + 1)
        .every((each) => each !== undefined);
    list.want(first, last);
    if (!isThere()) await new Promise<void>((resolve) => list.subscribe(() => isThere() && resolve()));
    return list
      .getState()
      .rows.slice(first, last + 1)
      .map((each) => each?.id);
  };

  test("has all its rows in order, wherever one looks first, and fetches only what is looked at", async () => {
    const events = new Events(thousand);
    const list = new EventList(events.slices(10), events.fetch);
    expect(list.getState().rows).toHaveLength(1000);
    expect(await settled(list, 990, 999)).toEqual(
      thousand
        .slice(0, 10)
        .toReversed()
        .map(({ id }) => id),
    );
    expect(await settled(list, 498, 501)).toEqual(["e000501", "e000500", "e000499", "e000498"]);
    const times = events.asked.map(({ since }) => since);
    expect(new Set(times)).toEqual(new Set([0, 4000, 5000]));
    expect(list.getState().rows[300]).toBeUndefined();
  });

  test("gets over rows that are gone since they were counted, and shows none that came since", async () => {
    const events = new Events(thousand);
    const slices = events.slices(10);
    const without = new Events(thousand.filter((_, place) => place < 900 || place >= 950));
    const list = new EventList(slices, without.fetch);
    await settled(list, 0, 49);
    expect(await settled(list, 100, 101)).toEqual(["e000899", "e000898"]);
    expect(list.getState().rows[60]).toBeUndefined();
    const more = new Events(thousand.toSpliced(950, 0, row(949.5), row(949.6)));
    const second = new EventList(slices, more.fetch);
    expect((await settled(second, 0, 99)).length).toBe(100);
    expect(await settled(second, 100, 100)).toEqual(["e000899"]);
  });

  test("says what went wrong, and goes on when it is asked again", async () => {
    const events = new Events(thousand);
    let isBroken = true;
    const list = new EventList(events.slices(10), async (window, cursor) => {
      if (isBroken) throw new Error("away");
      return events.fetch(window, cursor);
    });
    list.want(0, 10);
    await new Promise<void>((resolve) => list.subscribe(resolve));
    expect(list.getState().error).toMatchObject({ message: "away" });
    isBroken = false;
    const isBack = new Promise<void>((resolve) => list.subscribe(resolve));
    list.retry();
    await isBack;
    expect(await settled(list, 0, 1)).toEqual(["e000999", "e000998"]);
    expect(list.getState().error).toBeUndefined();
  });

  test("knows what stands beside each of its rows, also across a long time without any", async () => {
    const events = new Events([
      row(0),
      ...Array.from({ length: 120 }, (_, place) => row(500_000 + place, { at: 5_000_000 })),
    ]);
    const signal = new AbortController().signal;
    const window = { since: 0, until: 10_000_000 };
    const [first, second] = events.all;
    const of = (each: EventRow | undefined) => findNeighbours(each ?? row(0), { fetch: events.fetch, window, signal });
    expect(await of(first)).toEqual({ newer: second, older: undefined });
    expect(await of(second)).toMatchObject({ newer: { id: "e500001" }, older: { id: "e000000" } });
  });
});

describe("what is told live", () => {
  const told = (id: string, status: EventRow["status"], at: number) => ({
    ...{ id, status, type: "FUNCTION_INVOCATION", source: "a.b", timestamp: new Date(at).toISOString() },
  });

  test("stands above the list when it began since, and changes rows that were pending", () => {
    const all = withTold(NOTHING_TOLD, [
      told("e1", "PENDING", 1000),
      told("old", "SUCCESS", 10),
      told("e1", "FAILURE", 1000),
    ]);
    expect(addedSince(all, 500, undefined).map(({ id, status }) => [id, status])).toEqual([["e1", "FAILURE"]]);
    expect(addedSince(all, 500, "SUCCESS")).toEqual([]);
    const pending = row(1, { id: "old", status: "PENDING" });
    expect(withChanges([undefined, pending], all)[1]).toMatchObject({ id: "old", status: "SUCCESS" });
  });

  test("does not begin again once it has ended", () => {
    const all = withTold(NOTHING_TOLD, [told("e1", "SUCCESS", 1000), told("e1", "PENDING", 1000)]);
    expect(all.get("e1")).toMatchObject({ status: "SUCCESS" });
  });
});

test("a search keeps what makes sense, and a change takes out what is undefined", () => {
  const search = {
    source: "a.b",
    status: "DONE",
    type: "no type",
    range: "1h",
    since: "soon",
    traceId: 7,
    view: "sources",
  };
  expect(parseEventsSearch(search)).toEqual({ source: "a.b", view: "sources" });
  expect(changed({ source: "a.b", status: "FAILURE" }, { source: undefined, range: "6h" })).toEqual({
    ...{ status: "FAILURE", range: "6h" },
  });
  expect(windowOf({}, 10_000_000)).toEqual({ since: 6_400_000, until: 10_000_000 });
  expect(windowOf({ since: "1970-01-01T00:00:01Z", until: "1970-01-01T00:00:02Z" }, 0)).toEqual({
    since: 1000,
    until: 2000,
  });
});

test("what is typed is an id, a trace or a function", () => {
  const trace = "0af7651916cd43dd8448eb211c80319c";
  expect(readFind(" ")).toBeUndefined();
  expect(readFind("0E4B3A52-8c1f-4f0e-9f57-2b8f6a1d3c44")).toMatchObject({ kind: "event" });
  expect(readFind(trace)).toEqual({ kind: "trace or event", id: trace });
  expect(readFind(`00-${trace}-b7ad6b7169203331-01`)).toEqual({ kind: "trace", traceId: trace });
  expect(readFind("pay.charge")).toEqual({ kind: "source", source: "pay.charge" });
});

test("calls of a trace stand within the one that was under way the whole time", () => {
  const { bars, totalMs } = waterfallOf(
    [
      row(3, { at: 1050, durationMs: 20 }),
      row(1, { at: 1000, durationMs: 100 }),
      row(2, { at: 1010, durationMs: 80 }),
      row(4, { at: 1095, durationMs: 5 }),
      row(5, { at: 1120, durationMs: 80 }),
    ],
    2000,
  );
  expect(bars.map(({ row: { id }, depth }) => [id.at(-1), depth])).toEqual([
    ["1", 0],
    ["2", 1],
    ["3", 2],
    ["4", 1],
    ["5", 0],
  ]);
  expect([totalMs, bars[1]?.start, bars[1]?.length]).toEqual([200, 0.05, 0.4]);
});

test("a call is made again as it came: to a function, a stored one, or as a request", () => {
  const of = (source: string, payload: unknown, storedId?: string) =>
    repeatedCall(source, payload, { project: "shop", storedId });
  expect(of("a.b", { x: 1 })).toMatchObject({ path: "/v1/call/shop/a/b", method: "POST", body: '{"x":1}' });
  expect(of("a.b", undefined)).not.toHaveProperty("body");
  expect([labelOf("greet"), labelOf("a.b"), addressOf("greet").name]).toEqual(["greet", undefined, "handler"]);
  expect(of("greet", 7, "id")).toMatchObject({ path: "/api/v1/functions/invoke/id", body: '{"data":7}' });
  const request = { method: "PUT", path: "/orders/ä?", query: { a: ["1", "2"] }, body: "text" };
  expect(of("web.fetch", request)).toEqual({
    ...{ method: "PUT", path: "/v1/http/shop/web/orders/%C3%A4%3F?a=1&a=2", body: "text" },
    contentType: "text/plain; charset=utf-8",
  });
  // What only looks like a request to another service is none.
  expect(of("web.fetch", { method: "GET", path: "/../pay/all" }).path).toBe("/v1/call/shop/web/fetch");
});

test("a call as curl survives the shell", async () => {
  const call = repeatedCall("a.b", { text: `it's "$HOME" \\ \`id\`` }, { project: "shop" });
  const words = Bun.spawn(["sh", "-c", asCurl(call, "http://gateway", "shop").replace(/^curl/, "printf '%s\\0'")], {
    env: { FMESH_TOKEN: "t0k3n" },
  });
  const given = (await new Response(words.stdout).text()).split("\0");
  expect(given).toContain("Authorization: Bearer t0k3n");
  expect(given).toContain(call.body);
  expect(given).toContain("http://gateway/v1/call/shop/a/b");
});
