import { expect, test } from "vitest";
import type { Store } from "../../../functions-service/store.ts";
import { begun, ended } from "../store-samples.ts";
import type { StoreUnderTest } from "../store-conformance.ts";

const LONG_MS = 60_000;

/** What is asked of the journal's sinks. */
export function sinkConformance(current: () => StoreUnderTest): void {
  const begin = async (count: number, { journal }: Store = current().store): Promise<void> => {
    const ids = Array.from({ length: count }, () => crypto.randomUUID());
    await journal.append(
      "shop",
      ids.map((id) => begun(id)),
    );
    await journal.project();
  };

  test("a sink begins where the journal ends when it is named first, and goes on from what it confirmed", async () => {
    const { store, place } = current();
    await begin(3);
    await store.journal.sinks.keep(["rabbitmq"]);
    await begin(2);
    const { sinks } = (await place.open()).journal;
    await sinks.keep(["nats", "rabbitmq"]);
    expect(await sinks.status()).toMatchObject([
      { name: "nats", position: 5, backlog: 0, oldestMs: 0 },
      { name: "rabbitmq", position: 3, backlog: 2 },
    ]);
    expect(await sinks.hold("rabbitmq", "me", LONG_MS)).toBe(3);
    expect(await sinks.advance("rabbitmq", "me", 4)).toBe(true);
    await sinks.release("rabbitmq", "me");
    expect(await store.journal.sinks.hold("rabbitmq", "you", LONG_MS)).toBe(4);
    await sinks.keep(["nats"]);
    expect(await sinks.status()).toMatchObject([{ name: "nats" }]);
    expect(await store.journal.sinks.hold("rabbitmq", "you", LONG_MS)).toBeUndefined();
    await sinks.keep([]);
    expect(await sinks.status()).toEqual([]);
  });

  test("one works for a sink at a time, until its right runs out or is given back", async () => {
    const { store, place } = current();
    const [mine, yours] = [store.journal.sinks, (await place.open()).journal.sinks];
    await mine.keep(["rabbitmq"]);
    expect(await mine.hold("rabbitmq", "me", LONG_MS)).toBe(0);
    expect(await yours.hold("rabbitmq", "you", LONG_MS)).toBeUndefined();
    expect(await yours.advance("rabbitmq", "you", 9)).toBe(false);
    expect(await mine.hold("rabbitmq", "me", -1)).toBe(0);
    expect(await yours.hold("rabbitmq", "you", LONG_MS)).toBe(0);
    expect(await mine.advance("rabbitmq", "me", 9)).toBe(false);
    await mine.release("rabbitmq", "me");
    expect(await mine.hold("rabbitmq", "me", LONG_MS)).toBeUndefined();
    await yours.release("rabbitmq", "you");
    expect(await mine.hold("rabbitmq", "me", LONG_MS)).toBe(0);
  });

  test("it is known how long the oldest that waits has waited", async () => {
    const { store, place } = current();
    await store.journal.sinks.keep(["rabbitmq"]);
    await begin(2);
    await begin(2);
    const ago = (ms: number) => ({ written_at: Date.now() - ms });
    await place.sql().updateTable("journal").set(ago(7_200_000)).where("first", "=", 1).execute();
    await place.sql().updateTable("journal").set(ago(3_600_000)).where("first", "=", 3).execute();
    const waited = async (): Promise<number> => (await store.journal.sinks.status())[0]?.oldestMs ?? Number.NaN;
    expect(await waited()).toBeGreaterThanOrEqual(7_200_000);
    await store.journal.sinks.hold("rabbitmq", "me", LONG_MS);
    await store.journal.sinks.advance("rabbitmq", "me", 1);
    expect(await waited()).toBeGreaterThanOrEqual(7_200_000);
    await store.journal.sinks.advance("rabbitmq", "me", 2);
    expect(await waited()).toBeLessThan(7_200_000);
    expect(await waited()).toBeGreaterThanOrEqual(3_600_000);
  });

  test("what a sink has not confirmed is not forgotten, nor what is young", async () => {
    const { store } = current();
    const { journal } = store;
    await journal.sinks.keep(["nats", "rabbitmq"]);
    for (let round = 0; round < 3; round++) await begin(2);
    const later = new Date(Date.now() + 1000);
    await journal.prune(later);
    expect(await journal.bounds()).toEqual({ start: 0, end: 6 });
    for (const name of ["nats", "rabbitmq"]) await journal.sinks.hold(name, "me", LONG_MS);
    await journal.sinks.advance("nats", "me", 6);
    // In the middle of what was written together.
    await journal.sinks.advance("rabbitmq", "me", 3);
    await journal.prune(new Date(Date.now() - 60_000));
    expect(await journal.bounds()).toEqual({ start: 0, end: 6 });
    await journal.prune(later);
    expect(await journal.bounds()).toEqual({ start: 2, end: 6 });
    expect((await journal.read(3, { limit: 10 })).transitions).toHaveLength(3);
  });

  test("when too much waits for a sink nothing begins any more, but what runs may end", async () => {
    const store = await current().place.open({ maxBacklog: 4 });
    const { journal, events } = store;
    await begin(10, store);
    await journal.sinks.keep(["rabbitmq"]);
    await journal.append("shop", [begun("e1"), begun("e2"), begun("e3")]);
    const refused = { code: "overloaded", status: 503, message: expect.stringMatching(/^4 events wait/) };
    // A batch is not cut: where there is any room, all of it goes in.
    await journal.append("shop", [begun("e4"), begun("e5")]);
    await expect(journal.append("shop", [begun("e6")])).rejects.toMatchObject(refused);
    await journal.append("shop", [ended("e1"), ended("e2")]);
    expect(await events.get("shop", "e1")).toMatchObject({ status: "SUCCESS" });
    expect(await events.get("shop", "e6")).toBeUndefined();
    const { end } = await journal.bounds();
    await journal.sinks.hold("rabbitmq", "me", LONG_MS);
    await journal.sinks.advance("rabbitmq", "me", end);
    await journal.append("shop", [begun("e6")]);
    expect(await events.get("shop", "e6")).toMatchObject({ status: "PENDING" });
  });
}
