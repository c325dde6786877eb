import fc from "fast-check";
import { expect, test } from "vitest";
import type { Store } from "../../../functions-service/store.ts";
import type { StoredEvent } from "../../../mesh/event.ts";
import { invocation, notice } from "../store-samples.ts";
import type { StoreUnderTest } from "../store-conformance.ts";

/** What is asked of events. */
export function eventConformance(current: () => StoreUnderTest): void {
  const insert = (...events: StoredEvent[]): Promise<void> => current().store.events.insert(events, []);

  test("an event is found as it was stored, in its own project only", async () => {
    const { events } = current().store;
    const begun = invocation("e1");
    const ended = invocation("e2", {
      ...{
        status: "FAILURE",
        response: null,
        durationMs: 1.25,
        retryCount: 2,
        deadline: undefined,
        traceId: undefined,
      },
      error: { code: "function_failed", message: "out of stock" },
    });
    const told = invocation("e3", {
      type: "ORDER_PLACED",
      source: "checkout",
      payload: undefined,
      invocationId: undefined,
    });
    await insert(begun, ended, told);
    for (const event of [begun, ended, told]) {
      expect(await events.get("shop", event.id)).toEqual(event);
      expect(await events.get("other", event.id)).toBeUndefined();
    }
  });

  test("payloads and responses are any JSON, and any text names a source", async () => {
    const { events } = current().store;
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ stringUnit: "binary" }), fc.string({ unit: "binary" }), async (value, source) => {
        const event = invocation(`e${count++}`, { payload: value, response: value, source });
        await insert(event);
        const found = await events.get("shop", event.id);
        // -0 is no JSON.
        expect(found?.payload).toEqual(JSON.parse(JSON.stringify(value)));
        expect(found?.response).toEqual(found?.payload);
        expect(found?.source).toBe(source.replaceAll("\0", "\uFFFD"));
      }),
      { numRuns: 100 },
    );
  });

  test("a batch that is sent again changes nothing, and nobody is told twice", async () => {
    const { events, outbox } = current().store;
    await events.insert([invocation("e1"), invocation("e2")], [notice("e1"), notice("e2")]);
    const sent = await outbox.next(0, 10);
    await outbox.sent(sent.map(({ sequence }) => sequence));
    await events.settle([{ id: "e1", status: "SUCCESS", notice: notice("e1", "success") }]);
    const again = ["e1", "e2", "e3", "e3"];
    await events.insert(
      again.map((id) => invocation(id, { payload: "again" })),
      [...new Set(again)].map((id) => notice(id)),
    );
    expect(await events.get("shop", "e1")).toMatchObject({ status: "SUCCESS", payload: { num1: 10, num2: 20 } });
    expect((await outbox.next(0, 10)).map(({ id }) => id)).toEqual(["e1-success", "e3-pending"]);
  });

  test("the same id in two projects is two events", async () => {
    const { events } = current().store;
    await insert(invocation("e1"), invocation("e1", { project: "other", source: "elsewhere.sum" }));
    expect(await events.settle([{ id: "e1", status: "SUCCESS", notice: notice("e1", "success", "other") }])).toEqual([
      "e1",
    ]);
    expect(await events.get("shop", "e1")).toMatchObject({ status: "PENDING", source: "arithmetic.sum" });
    expect(await events.get("other", "e1")).toMatchObject({ status: "SUCCESS", source: "elsewhere.sum" });
  });

  test("a batch is stored as a whole or not at all, and its notices with it", async () => {
    const { events, outbox } = current().store;
    const broken = { ...notice("e2"), body: null as unknown as string };
    await expect(events.insert([invocation("e1"), invocation("e2")], [notice("e1"), broken])).rejects.toThrow(/null/i);
    await expect(insert(invocation("e1"), invocation("e2", { timestamp: "yesterday" }))).rejects.toMatchObject({
      code: "invalid_request",
      message: expect.stringContaining('"yesterday"'),
    });
    expect((await events.list("shop", {}, { limit: 10 })).items).toEqual([]);
    await insert(invocation("e1"));
    const settling = events.settle([{ id: "e1", status: "SUCCESS", notice: { ...broken, eventId: "e1" } }]);
    await expect(settling).rejects.toThrow(/null/i);
    expect(await events.get("shop", "e1")).toMatchObject({ status: "PENDING" });
    expect(await outbox.backlog()).toEqual({ count: 0, oldestMs: 0 });
  });

  test("an event that is pending ends once, and the first word counts", async () => {
    const { events, outbox } = current().store;
    await insert(invocation("e1"), invocation("e2"), invocation("e3", { status: "FAILURE" }));
    const error = { code: "function_failed", message: "no" };
    const ended = await events.settle([
      { id: "e1", status: "SUCCESS", response: { sum: 30 }, durationMs: 2.5, notice: notice("e1", "success") },
      { id: "e2", status: "FAILURE", error, notice: notice("e2", "failure") },
      { id: "e1", status: "FAILURE", error, notice: notice("e1", "failure") },
      { id: "e3", status: "SUCCESS", notice: notice("e3", "success") },
      { id: "nobody", status: "SUCCESS", notice: notice("nobody", "success") },
    ]);
    expect([...ended].sort()).toEqual(["e1", "e2"]);
    expect(await events.settle([{ id: "e1", status: "FAILURE", notice: notice("e1", "failure") }])).toEqual([]);
    expect(await events.get("shop", "e1")).toEqual(
      invocation("e1", { status: "SUCCESS", response: { sum: 30 }, durationMs: 2.5 }),
    );
    expect(await events.get("shop", "e2")).toMatchObject({ status: "FAILURE", error, response: undefined });
    expect((await outbox.next(0, 10)).map(({ id }) => id)).toEqual(["e1-success", "e2-failure"]);
  });

  test("of two who end the same events at once, over two connections, each event has one winner", async () => {
    const { store, place } = current();
    const other = await place.open();
    const ids = Array.from({ length: 200 }, (_, number) => `e${number}`);
    await insert(...ids.map((id) => invocation(id)));
    const settle = ({ events }: Store, of: readonly string[], status: "SUCCESS" | "FAILURE") =>
      events.settle(of.map((id) => ({ id, status, notice: notice(id, status) })));
    const [won, lost] = await Promise.all([settle(store, ids, "SUCCESS"), settle(other, ids.toReversed(), "FAILURE")]);
    expect([...won, ...lost].sort()).toEqual(ids.toSorted());
    expect((await store.outbox.next(0, 1000)).map(({ eventId }) => eventId).sort()).toEqual(ids.toSorted());
  });

  test("the same events sent at once over two connections are stored once", async () => {
    const { store, place } = current();
    const other = await place.open();
    const ids = Array.from({ length: 200 }, (_, number) => `e${number}`);
    const send = ({ events }: Store, of: readonly string[]) =>
      events.insert(
        of.map((id) => invocation(id)),
        of.map((id) => notice(id)),
      );
    await Promise.all([send(store, ids), send(other, ids.toReversed())]);
    expect((await store.events.list("shop", {}, { limit: 1000 })).items).toHaveLength(200);
    expect((await store.outbox.next(0, 1000)).map(({ eventId }) => eventId).sort()).toEqual(ids.toSorted());
  });

  test("filters hold together", async () => {
    const { events } = current().store;
    const at = (minute: number): string => `2026-05-01T10:0${minute}:00.000Z`;
    await insert(
      invocation("e1", { timestamp: at(1), source: "a.b" }),
      invocation("e2", { timestamp: at(2), status: "FAILURE", traceId: "t2" }),
      invocation("e3", { timestamp: at(3), type: "ORDER_PLACED", traceId: "t2" }),
      invocation("e4", { timestamp: at(4), project: "other" }),
    );
    const found = async (filter: Parameters<typeof events.list>[1]): Promise<string[]> =>
      (await events.list("shop", filter, { limit: 10 })).items.map(({ id }) => id);
    expect(await found({})).toEqual(["e3", "e2", "e1"]);
    expect(await found({ source: "a.b" })).toEqual(["e1"]);
    expect(await found({ type: "ORDER_PLACED" })).toEqual(["e3"]);
    expect(await found({ status: "PENDING" })).toEqual(["e3", "e1"]);
    expect(await found({ traceId: "t2", status: "FAILURE" })).toEqual(["e2"]);
    expect(await found({ since: at(2) })).toEqual(["e3", "e2"]);
    expect(await found({ until: at(2) })).toEqual(["e1"]);
    expect(await found({ since: "2026-05-01T12:02:00+02:00", until: at(3) })).toEqual(["e2"]);
    await expect(found({ since: "soon" })).rejects.toMatchObject({ code: "invalid_request" });
  });

  test("invocations that are pending after their deadline are overdue, of every project, the longest first", async () => {
    const { events } = current().store;
    const until = (second: number): string => `2026-05-01T10:00:0${second}.000Z`;
    await insert(
      invocation("e1", { deadline: until(3) }),
      invocation("e2", { deadline: until(1), project: "other" }),
      invocation("e3", { deadline: until(2), status: "SUCCESS" }),
      invocation("e4", { deadline: undefined }),
      invocation("e5", { deadline: until(5) }),
    );
    expect((await events.overdue(new Date(until(5)), 10)).map(({ id }) => id)).toEqual(["e2", "e1"]);
    expect((await events.overdue(new Date(until(5)), 1)).map(({ id }) => id)).toEqual(["e2"]);
  });

  test("an event is removed from its own project", async () => {
    const { events } = current().store;
    await insert(invocation("e1"));
    expect(await events.remove("other", "e1")).toBe(false);
    expect(await events.remove("shop", "e1")).toBe(true);
    expect(await events.remove("shop", "e1")).toBe(false);
    expect(await events.get("shop", "e1")).toBeUndefined();
  });

  test("a batch may be empty, and it may be large", async () => {
    const { events, outbox } = current().store;
    await events.insert([], []);
    expect(await events.settle([])).toEqual([]);
    const ids = Array.from({ length: 5000 }, (_, number) => `e${number}`);
    await events.insert(
      ids.map((id) => invocation(id)),
      ids.map((id) => notice(id)),
    );
    const outcomes = ids.map((id) => ({ id, status: "SUCCESS" as const, notice: notice(id, "success") }));
    expect(await events.settle(outcomes)).toHaveLength(5000);
    expect((await outbox.backlog()).count).toBe(10_000);
  });
}
