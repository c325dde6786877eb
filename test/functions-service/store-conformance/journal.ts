import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Change, Store } from "../../../functions-service/store.ts";
import { begun, ended } from "../store-samples.ts";
import type { StoreUnderTest } from "../store-conformance.ts";

/** What is asked of the journal. */
export function journalConformance(current: () => StoreUnderTest): void {
  const append = (...changes: Change[]): Promise<void> => current().store.journal.append("shop", changes);
  const told = async ({ journal }: Pick<Store, "journal"> = current().store, after = 0): Promise<string[]> => {
    await journal.project();
    const { transitions } = await journal.read(after, { limit: 100_000 });
    return transitions.map(({ change: { id, status } }) => `${id} ${status}`);
  };

  test("what happened is read in the order it was written, as it was written, from wherever one has got to", async () => {
    const { journal } = current().store;
    expect(await journal.bounds()).toEqual({ start: 0, end: 0 });
    expect(await journal.read(0, { limit: 10 })).toEqual({ transitions: [], end: 0 });
    await append(begun("e2"), begun("e1", { payload: null }));
    await journal.append("other", [begun("e3")]);
    await append(ended("e1", { response: { sum: [30] } }));
    expect(await journal.read(0, { limit: 10 })).toEqual({ transitions: [], end: 0 });
    expect(await journal.project()).toBe(true);
    expect(await journal.project()).toBe(false);
    const all = [
      { sequence: 1, project: "shop", change: begun("e2") },
      { sequence: 2, project: "shop", change: begun("e1", { payload: null }) },
      { sequence: 3, project: "other", change: begun("e3") },
      { sequence: 4, project: "shop", change: ended("e1", { response: { sum: [30] } }) },
    ];
    expect(await journal.read(0, { limit: 10 })).toEqual({ transitions: all, end: 4 });
    expect(await journal.read(1, { limit: 2 })).toEqual({ transitions: all.slice(1, 3), end: 3 });
    expect(await journal.read(4, { limit: 10 })).toEqual({ transitions: [], end: 4 });
    expect(await journal.read(2, { limit: 10, project: "other" })).toEqual({ transitions: [all[2]], end: 4 });
    expect(await journal.read(0, { limit: 10, project: "nobody" })).toEqual({ transitions: [], end: 4 });
    expect(await journal.bounds()).toEqual({ start: 0, end: 4 });
  });

  test("the first word about an event counts, and nothing else is told", async () => {
    const { events } = current().store;
    const error = { code: "function_failed", message: "no" };
    await append(begun("e1"), begun("e2"), begun("e3", { status: "FAILURE" }), begun("e1", { payload: "again" }));
    await append(
      ended("e1", { response: { sum: 30 }, durationMs: 2.5 }),
      ended("e2", { status: "FAILURE", error }),
      ended("e1", { status: "FAILURE", error }),
      ended("e3"),
      ended("nobody"),
    );
    const wanted = ["e1 PENDING", "e2 PENDING", "e3 FAILURE", "e1 SUCCESS", "e2 FAILURE"];
    expect((await told()).toSorted()).toEqual(wanted.toSorted());
    await append(begun("e1", { payload: "again" }), ended("e2"), ended("e1", { status: "FAILURE" }));
    await append(begun("e4"));
    expect((await told()).toSorted()).toEqual([...wanted, "e4 PENDING"].toSorted());
    expect(await events.get("shop", "e1")).toMatchObject({
      ...{ status: "SUCCESS", payload: { num1: 10, num2: 20 }, response: { sum: 30 }, durationMs: 2.5 },
    });
    expect(await events.get("shop", "e2")).toMatchObject({ status: "FAILURE", error });
  });

  test("of many that begin together those count that were not there, wherever they are among the others", async () => {
    const ids = Array.from({ length: 130 }, (_, n) => `e${String(n).padStart(3, "0")}`);
    const there = ids.filter((_id, n) => n % 7 === 3 || n === 0 || (n >= 50 && n < 100));
    await append(...there.map((id) => begun(id)));
    await current().store.journal.project();
    const { end } = await current().store.journal.bounds();
    await append(...ids.map((id) => begun(id, { payload: "again" })), ended("e000"), ended("e001"));
    const news = ids.filter((id) => !there.includes(id)).map((id) => `${id} PENDING`);
    expect(await told(current().store, end)).toEqual([...news, "e000 SUCCESS", "e001 SUCCESS"]);
    const { items } = await current().store.events.list("shop", {}, { limit: 1000 });
    const again = items.filter(({ payload }) => payload === "again").map(({ id }) => `${id} PENDING`);
    expect(again.toSorted()).toEqual(news);
  });

  test("a batch that is kept as it came is read as what it means, also by others", async () => {
    const { store, place } = current();
    const { change: _begun, type: _type, isInvocation: _is, status: _status, ...beginning } = begun("e1");
    const { change: _ended, type: _sameType, isInvocation: _isOne, ...ending } = ended("e1", { response: "\0" });
    const changes = [begun("e1"), ended("e1", { response: "\0" })];
    const json = ` ${JSON.stringify({ begun: [beginning], ended: [ending] })}`;
    await store.journal.append("shop", changes, json);
    const other = await place.open();
    await other.journal.project();
    for (const { journal, events } of [other, store]) {
      const { transitions } = await journal.read(0, { limit: 10 });
      expect(transitions.map(({ change }) => change)).toEqual(changes);
      expect(await events.get("shop", "e1")).toMatchObject({ status: "SUCCESS", payload: beginning.payload });
    }
  });

  test("the events are the same however the changes are cut into batches, and whenever events are brought up to date", async () => {
    const { events, journal } = current().store;
    const changes = fc.array(
      fc.record({
        id: fc.constantFrom("a", "b", "c"),
        isBegun: fc.boolean(),
        status: fc.constantFrom("SUCCESS" as const, "FAILURE" as const),
        cut: fc.boolean(),
        project: fc.boolean(),
      }),
      { maxLength: 12 },
    );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(changes, async (steps) => {
        const project = `p${run++}`;
        // What an end is worth depends on a beginning before it.
        const expected = new Map<string, string>();
        const counted: string[] = [];
        let batch: Change[] = [];
        for (const { id, isBegun, status, cut, project: isProjected } of steps) {
          const before = expected.get(id);
          if (!isBegun && before === undefined) continue;
          batch.push(isBegun ? begun(id) : ended(id, { status }));
          if (isBegun ? before === undefined : before === "PENDING") {
            expected.set(id, isBegun ? "PENDING" : status);
            counted.push(`${id} ${expected.get(id)}`);
          }
          if (!cut) continue;
          await journal.append(project, batch);
          batch = [];
          if (isProjected) await journal.project();
        }
        await journal.append(project, batch);
        const { items } = await events.list(project, {}, { limit: 10 });
        expect(new Map(items.map(({ id, status }) => [id, status]))).toEqual(expected);
        const { transitions } = await journal.read(0, { limit: 1000, project });
        expect(transitions.map(({ change }) => `${change.id} ${change.status}`)).toEqual(counted);
      }),
      { numRuns: 60 },
    );
  });

  test("a batch is written as a whole or not at all", async () => {
    const { events } = current().store;
    const wrong = [
      begun("e2", { startedAt: Number.NaN }),
      begun("e2", { deadlineMs: 1.5 }),
      ended("e2", { endedAt: 9e15 }),
    ];
    for (const broken of wrong) {
      await expect(append(begun("e1"), broken)).rejects.toMatchObject({
        code: "invalid_request",
        message: expect.stringMatching(/^event "e2" has the time (NaN|1.5|9000000000000000)/),
      });
    }
    expect((await events.list("shop", {}, { limit: 10 })).items).toEqual([]);
    expect(await told()).toEqual([]);
  });

  test("of two who end the same events at once, over two connections, each event has one winner", async () => {
    const { store, place } = current();
    const other = await place.open();
    const ids = Array.from({ length: 200 }, (_, number) => `e${number}`);
    await append(...ids.map((id) => begun(id)));
    const end = async ({ journal }: Store, of: readonly string[], status: "SUCCESS" | "FAILURE") => {
      await journal.append(
        "shop",
        of.map((id) => ended(id, { status })),
      );
      await journal.project();
    };
    await Promise.all([end(store, ids, "SUCCESS"), end(other, ids.toReversed(), "FAILURE")]);
    const ends = (await told(store)).filter((text) => !text.endsWith("PENDING"));
    const { items } = await store.events.list("shop", {}, { limit: 1000 });
    expect(ends.toSorted()).toEqual(items.map(({ id, status }) => `${id} ${status}`).sort());
    expect(items).toHaveLength(200);
  });

  test("a batch may be empty, and it may be large", async () => {
    const { journal, events } = current().store;
    await append();
    const ids = Array.from({ length: 5000 }, (_, number) => `e${number}`);
    await append(...ids.map((id) => begun(id)));
    await append(...ids.map((id) => ended(id)));
    expect(await events.get("shop", "e4999")).toMatchObject({ status: "SUCCESS" });
    expect(await journal.bounds()).toEqual({ start: 0, end: 10_000 });
    expect(await told()).toHaveLength(10_000);
  });

  test("a number is never given twice, even after all was forgotten and the store was opened anew", async () => {
    const { store, place } = current();
    await append(begun("e1"), ended("e1"));
    await store.journal.project();
    await store.journal.prune(new Date(Date.now() + 1000));
    expect(await store.journal.bounds()).toEqual({ start: 0, end: 2 });
    await append(begun("e0"));
    await store.journal.project();
    await store.journal.prune(new Date(Date.now() + 1000));
    expect(await store.journal.bounds()).toEqual({ start: 2, end: 3 });
    await store.close();
    const again = await place.open();
    await again.journal.append("shop", [begun("e2")]);
    await again.journal.project();
    expect(await again.journal.read(0, { limit: 10 })).toMatchObject({
      transitions: [{ sequence: 3 }, { sequence: 4 }],
      end: 4,
    });
  });

  test("who reads on from the last number misses nothing that several connections write meanwhile", async () => {
    const { store, place } = current();
    const writers = await Promise.all(Array.from({ length: 4 }, () => place.open()));
    const BATCHES = 25;
    const writing = writers.map(async ({ journal }, writer) => {
      for (let batch = 0; batch < BATCHES; batch++) {
        const ids = Array.from({ length: 1 + ((writer + batch) % 5) }, (_, number) => `w${writer}-${batch}-${number}`);
        await journal.append(
          "shop",
          ids.map((id) => begun(id)),
        );
        if (batch % 4 === writer) await journal.project();
      }
    });
    let isWriting = true;
    const done = Promise.all(writing).finally(() => (isWriting = false));
    const seen: string[] = [];
    let after = 0;
    for (let isLast = false; !isLast;) {
      isLast = !isWriting;
      await store.journal.project();
      const { transitions, end } = await store.journal.read(after, { limit: 7 });
      if (end > after) isLast = false;
      after = end;
      seen.push(...transitions.map(({ change }) => change.id));
      // SQLite answers at once: without a pause nobody else would get a turn.
      await setImmediate();
    }
    await done;
    const { items } = await store.events.list("shop", {}, { limit: 1000 });
    expect(seen.toSorted()).toEqual(items.map(({ id }) => id).sort());
    expect(new Set(seen).size).toBe(seen.length);
  });
}
