import fc from "fast-check";
import { expect, test } from "vitest";
import type { Change } from "../../../functions-service/store.ts";
import { begun, ended } from "../store-samples.ts";
import type { StoreUnderTest } from "../store-conformance.ts";

const NO = { code: "function_failed", message: "no" };

/** What is asked of events, as they follow from the journal. */
export function eventConformance(current: () => StoreUnderTest): void {
  const append = (...changes: Change[]): Promise<void> => current().store.journal.append("shop", changes);

  test("an event is found as it was recorded, in its own project only", async () => {
    const { events } = current().store;
    await append(
      begun("e1"),
      begun("e2", { deadlineMs: undefined, traceId: undefined, payload: undefined }),
      ended("e2", { status: "FAILURE", response: null, durationMs: 1.25, error: NO }),
      begun("e3", { type: "ORDER_PLACED", status: "SUCCESS", source: "checkout", isInvocation: false }),
    );
    expect(await events.get("shop", "e1")).toEqual({
      ...{ id: "e1", project: "shop", type: "FUNCTION_INVOCATION", status: "PENDING", source: "arithmetic.sum" },
      ...{ timestamp: "2026-05-01T10:00:00.000Z", deadline: "2026-05-01T10:00:10.000Z", invocationId: "e1" },
      ...{ payload: { num1: 10, num2: 20 }, traceId: "0af7651916cd43dd8448eb211c80319c", retryCount: 0 },
    });
    expect(await events.get("shop", "e2")).toMatchObject({
      ...{ status: "FAILURE", response: null, durationMs: 1.25, error: NO },
      ...{ payload: undefined, deadline: undefined, traceId: undefined },
    });
    expect(await events.get("shop", "e3")).toMatchObject({
      ...{ type: "ORDER_PLACED", status: "SUCCESS", source: "checkout", invocationId: undefined },
    });
    for (const id of ["e1", "e2", "e3"]) expect(await events.get("other", id)).toBeUndefined();
  });

  test("payloads and responses are any JSON, and any text names a source", async () => {
    const { events } = current().store;
    let count = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.jsonValue({ stringUnit: "binary" }),
        fc.string({ unit: "binary" }),
        fc.boolean(),
        async (value, source, isApart) => {
          const id = `e${count++}`;
          const changes = [begun(id, { payload: value, source }), ended(id, { response: value, source })];
          for (const batch of isApart ? changes.map((change) => [change]) : [changes]) {
            await append(...batch);
            if (isApart) await current().store.journal.project();
          }
          const found = await events.get("shop", id);
          // -0 is no JSON.
          expect(found?.payload).toEqual(JSON.parse(JSON.stringify(value)));
          expect(found?.response).toEqual(found?.payload);
          expect(found?.source).toBe(source.replaceAll("\0", "\uFFFD"));
        },
      ),
      { numRuns: 100 },
    );
  });

  test("what has just been appended is seen, also by others", async () => {
    const { store, place } = current();
    const other = await place.open();
    for (let round = 0; round < 20; round++) {
      await append(begun(`e${round}`));
      expect(await other.events.get("shop", `e${round}`)).toMatchObject({ status: "PENDING" });
      await append(ended(`e${round}`));
      expect((await other.events.list("shop", { status: "SUCCESS" }, { limit: 100 })).items).toHaveLength(round + 1);
      expect(await store.events.get("shop", `e${round}`)).toMatchObject({ status: "SUCCESS" });
    }
  });

  test("the same id in two projects is two events", async () => {
    const { events, journal } = current().store;
    await append(begun("e1"));
    await journal.append("other", [begun("e1", { source: "elsewhere.sum" }), ended("e1")]);
    expect(await events.get("shop", "e1")).toMatchObject({ status: "PENDING", source: "arithmetic.sum" });
    expect(await events.get("other", "e1")).toMatchObject({ status: "SUCCESS", source: "elsewhere.sum" });
  });

  test("filters hold together", async () => {
    const { events, journal } = current().store;
    const at = (minute: number): number => Date.UTC(2026, 4, 1, 10, minute);
    const text = (minute: number): string => new Date(at(minute)).toISOString();
    await append(
      begun("e1", { startedAt: at(1), source: "a.b" }),
      begun("e2", { startedAt: at(2), status: "FAILURE", traceId: "t2" }),
      begun("e3", { startedAt: at(3), type: "ORDER_PLACED", traceId: "t2" }),
    );
    await journal.append("other", [begun("e4", { startedAt: at(4) })]);
    const found = async (filter: Parameters<typeof events.list>[1]): Promise<string[]> =>
      (await events.list("shop", filter, { limit: 10 })).items.map(({ id }) => id);
    expect(await found({})).toEqual(["e3", "e2", "e1"]);
    expect(await found({ source: "a.b" })).toEqual(["e1"]);
    expect(await found({ type: "ORDER_PLACED" })).toEqual(["e3"]);
    expect(await found({ status: "PENDING" })).toEqual(["e3", "e1"]);
    expect(await found({ traceId: "t2", status: "FAILURE" })).toEqual(["e2"]);
    expect(await found({ since: text(2) })).toEqual(["e3", "e2"]);
    expect(await found({ until: text(2) })).toEqual(["e1"]);
    expect(await found({ since: "2026-05-01T12:02:00+02:00", until: text(3) })).toEqual(["e2"]);
    await expect(found({ since: "soon" })).rejects.toMatchObject({ code: "invalid_request" });
  });

  test("the events of a trace are listed newest first, page by page, within a time", async () => {
    const { events } = current().store;
    const at = (second: number): number => Date.UTC(2026, 4, 1, 10, 0, second);
    for (let second = 0; second < 8; second++) {
      await append(begun(`e${second}`, { startedAt: at(second), traceId: second % 2 === 0 ? "even" : "odd" }));
    }
    const filter = { traceId: "even", since: new Date(at(1)).toISOString(), until: new Date(at(7)).toISOString() };
    const first = await events.list("shop", filter, { limit: 2 });
    expect(first.items.map(({ id }) => id)).toEqual(["e6", "e4"]);
    const second = await events.list("shop", filter, { limit: 2, cursor: first.next });
    expect([second.items.map(({ id }) => id), second.next]).toEqual([["e2"], undefined]);
  });

  test("invocations that are pending after their deadline are overdue, of every project, the longest first", async () => {
    const { events, journal } = current().store;
    const until = (second: number): number => Date.UTC(2026, 4, 1, 10, 0, second);
    await append(
      begun("e1", { deadlineMs: until(3) }),
      begun("e3", { deadlineMs: until(2), status: "SUCCESS" }),
      begun("e4", { deadlineMs: undefined }),
      begun("e5", { deadlineMs: until(5) }),
      begun("e6", { deadlineMs: until(1), isInvocation: false }),
    );
    await journal.append("other", [begun("e2", { deadlineMs: until(1) })]);
    expect((await events.overdue(new Date(until(5)), 10)).map(({ id }) => id)).toEqual(["e2", "e1"]);
    expect((await events.overdue(new Date(until(5)), 1)).map(({ id }) => id)).toEqual(["e2"]);
  });

  test("an event is removed from its own project", async () => {
    const { events } = current().store;
    await append(begun("e1"));
    expect(await events.remove("other", "e1")).toBe(false);
    expect(await events.remove("shop", "e1")).toBe(true);
    expect(await events.remove("shop", "e1")).toBe(false);
    expect(await events.get("shop", "e1")).toBeUndefined();
  });

  test("old events that have ended are forgotten, of every project, so many at a time", async () => {
    const { events, journal } = current().store;
    const old = { startedAt: Date.UTC(2026, 0, 1) };
    for (const project of ["a", "b", "c"]) {
      const ids = [`${project}1`, `${project}2`];
      await journal.append(project, [
        ...ids.flatMap((id) => [begun(id, old), ended(id, old)]),
        begun(`${project}3`, old),
        begun(`${project}4`),
        ended(`${project}4`),
      ]);
    }
    await journal.project();
    const before = new Date("2026-02-01T00:00:00Z");
    expect(await events.prune(before, 4)).toBe(4);
    expect(await events.prune(before, 4)).toBe(2);
    expect(await events.prune(before, 4)).toBe(0);
    for (const project of ["a", "b", "c"]) {
      const { items } = await events.list(project, {}, { limit: 10 });
      expect(items.map(({ id }) => id)).toEqual([`${project}4`, `${project}3`]);
    }
  });
}
