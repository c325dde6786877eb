import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { invocation, notice } from "../store-samples.ts";
import type { StoreUnderTest } from "../store-conformance.ts";

/** What is asked of the outbox. */
export function outboxConformance(current: () => StoreUnderTest): void {
  test("notices come out in the order they were put in, until they are confirmed", async () => {
    const { events, outbox } = current().store;
    expect(await outbox.backlog()).toEqual({ count: 0, oldestMs: 0 });
    await events.insert([invocation("e2"), invocation("e1")], [notice("e2"), notice("e1")]);
    await events.settle([{ id: "e1", status: "SUCCESS", notice: notice("e1", "success") }]);
    const [first, second, third, ...more] = await outbox.next(0, 10);
    expect(first).toEqual({ ...notice("e2"), sequence: first?.sequence });
    expect([second?.id, third?.id, more]).toEqual(["e1-pending", "e1-success", []]);
    expect(await outbox.next(0, 1)).toEqual([first]);
    expect(await outbox.next(first?.sequence ?? 0, 10)).toEqual([second, third]);
    await outbox.sent([second?.sequence ?? 0, 1_000_000]);
    await outbox.sent([]);
    expect(await outbox.next(0, 10)).toEqual([first, third]);
  });

  test("a number is never given twice, even after all notices were confirmed and the store was opened anew", async () => {
    const { store, place } = current();
    await store.events.insert([invocation("e1")], [notice("e1")]);
    const [first] = await store.outbox.next(0, 10);
    await store.outbox.sent([first?.sequence ?? 0]);
    await store.close();
    const again = await place.open();
    await again.events.insert([invocation("e2")], [notice("e2")]);
    expect(await again.outbox.next(first?.sequence ?? 0, 10)).toMatchObject([{ id: "e2-pending" }]);
  });

  test("the backlog says how many wait and since when", async () => {
    const { store, place } = current();
    await store.events.insert([invocation("e1"), invocation("e2")], [notice("e1"), notice("e2")]);
    const anHourAgo = Date.now() - 3_600_000;
    await place.sql().updateTable("outbox").set({ created_at: anHourAgo }).where("id", "=", "e2-pending").execute();
    const { count, oldestMs } = await store.outbox.backlog();
    expect(count).toBe(2);
    expect(oldestMs).toBeGreaterThanOrEqual(3_600_000);
  });

  test("who reads on from the last number it saw misses nothing that several connections write meanwhile", async () => {
    const { store, place } = current();
    const writers = await Promise.all(Array.from({ length: 4 }, () => place.open()));
    const BATCHES = 25;
    const writing = writers.map(async ({ events }, writer) => {
      for (let batch = 0; batch < BATCHES; batch++) {
        const ids = Array.from({ length: 1 + ((writer + batch) % 5) }, (_, number) => `w${writer}-${batch}-${number}`);
        await events.insert(
          ids.map((id) => invocation(id)),
          ids.map((id) => notice(id)),
        );
      }
    });
    let isWriting = true;
    const done = Promise.all(writing).finally(() => (isWriting = false));
    const seen: string[] = [];
    let after = 0;
    for (let isLast = false; !isLast;) {
      isLast = !isWriting;
      const notices = await store.outbox.next(after, 7);
      after = notices.at(-1)?.sequence ?? after;
      seen.push(...notices.map(({ eventId }) => eventId));
      if (notices.length > 0) isLast = false;
      // SQLite answers at once: without a pause nobody else would get a turn.
      await setImmediate();
    }
    await done;
    const { items } = await store.events.list("shop", {}, { limit: 1000 });
    expect(seen.toSorted()).toEqual(items.map(({ id }) => id).sort());
    expect(new Set(seen).size).toBe(seen.length);
  });
}
