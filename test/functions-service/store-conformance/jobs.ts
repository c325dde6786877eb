import { expect, test } from "vitest";
import type { NewJob, Store } from "../../../functions-service/store.ts";
import type { StoredFunction } from "../../../mesh/function.ts";
import { functionInput } from "../store-samples.ts";
import type { StoreUnderTest } from "../store-conformance.ts";

const LONG_MS = 60_000;
const NOTHING = { steps: [], log: [] };
const IMAGE = {
  ...{ reference: "registry.test/shop/adder@sha256:ab", repository: "shop/adder", digest: "sha256:ab" },
};

/** What is asked of jobs. */
export function jobConformance(current: () => StoreUnderTest): void {
  const make = (label: string): Promise<StoredFunction> =>
    current().store.functions.create("shop", functionInput(label), "u1");
  const buildOf = ({ id, label, version }: StoredFunction): NewJob => ({
    ...{ kind: "build", functionId: id, label, version, createdBy: "u1" },
  });
  const statusOf = async ({ id }: StoredFunction): Promise<string | undefined> =>
    (await current().store.functions.get("shop", id))?.status;

  test("a job waits, is taken, tells how far it is, and ends with an image", async () => {
    const { jobs } = current().store;
    const adder = await make("adder");
    const job = await jobs.create("shop", buildOf(adder));
    expect(job).toMatchObject({
      ...{ project: "shop", kind: "build", functionId: adder.id, label: "adder", version: 1, state: "queued" },
      ...{ steps: [], log: [], createdBy: "u1", startedAt: undefined, endedAt: undefined, image: undefined },
    });
    expect(await jobs.get("shop", job.id)).toEqual(job);
    expect(await jobs.get("other", job.id)).toBeUndefined();
    expect(await statusOf(adder)).toBe("building");
    expect(await jobs.take("other", "me", LONG_MS)).toBeUndefined();
    expect(await jobs.take("shop", "me", LONG_MS)).toMatchObject({ id: job.id, state: "running" });
    expect(await jobs.take("shop", "you", LONG_MS)).toBeUndefined();
    const progress = { steps: [{ name: "bundle", durationMs: 12.5, note: "2 kB" }], log: ["bundled"] };
    expect(await jobs.hold(job.id, "me", { forMs: LONG_MS, progress })).toBe(true);
    expect(await jobs.hold(job.id, "you", { forMs: LONG_MS, progress })).toBe(false);
    expect(await jobs.get("shop", job.id)).toMatchObject(progress);
    expect(await jobs.end(job.id, "you", { state: "cancelled" }, NOTHING)).toBe(false);
    expect(await jobs.end(job.id, "me", { state: "succeeded", image: IMAGE }, progress)).toBe(true);
    expect(await jobs.get("shop", job.id)).toMatchObject({ state: "succeeded", image: IMAGE, ...progress });
    expect(await jobs.image("shop", adder.id, 1)).toEqual(IMAGE);
    expect(await jobs.image("other", adder.id, 1)).toBeUndefined();
    expect(await statusOf(adder)).toBe("built");
    expect(await jobs.end(job.id, "me", { state: "cancelled" }, NOTHING)).toBe(false);
  });

  test("the same is not done twice at once, and may be done again", async () => {
    const { store, place } = current();
    const adder = await make("adder");
    const others = await Promise.all(Array.from({ length: 4 }, () => place.open()));
    const made = await Promise.all([store, ...others].map(({ jobs }) => jobs.create("shop", buildOf(adder))));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    await store.jobs.take("shop", "me", LONG_MS);
    expect((await store.jobs.create("shop", buildOf(adder))).id).toBe(made[0]?.id);
    await store.functions.update("shop", adder.id, functionInput("adder"), { by: "u1" });
    expect((await store.jobs.create("shop", { ...buildOf(adder), version: 2 })).id).not.toBe(made[0]?.id);
    const error = { code: "handler_invalid", message: "no", issues: [{ path: ["handler.ts", 3, 7], message: "no" }] };
    await store.jobs.end(made[0]?.id ?? "", "me", { state: "failed", error }, NOTHING);
    expect(await store.jobs.get("shop", made[0]?.id ?? "")).toMatchObject({ state: "failed", error });
    // What becomes of an older version is no concern of the function.
    expect(await statusOf(adder)).toBe("building");
    expect((await store.jobs.create("shop", buildOf(adder))).id).not.toBe(made[0]?.id);
  });

  test("jobs are taken once each, the oldest first, and those whose holder is gone again", async () => {
    const { place } = current();
    let clock = Date.now();
    const store = await place.open({ now: () => clock++ });
    const other = await place.open({ now: () => clock++ });
    const made = [];
    for (const label of ["a", "b", "c", "d"])
      made.push((await store.jobs.create("shop", buildOf(await make(label)))).id);
    const take = ({ jobs }: Store, forMs: number) => jobs.take("shop", crypto.randomUUID(), forMs);
    expect((await take(store, -1))?.id).toBe(made[0]);
    expect((await take(other, LONG_MS))?.id).toBe(made[0]);
    const taken = [];
    for (let job = await take(store, LONG_MS); job !== undefined; job = await take(other, LONG_MS)) taken.push(job.id);
    expect(taken).toEqual(made.slice(1));
  });

  test("a job that is cancelled is nobody's any more", async () => {
    const { jobs } = current().store;
    const adder = await make("adder");
    const waiting = await jobs.create("shop", buildOf(adder));
    expect(await jobs.cancel("other", waiting.id)).toBeUndefined();
    expect(await jobs.cancel("shop", waiting.id)).toMatchObject({ state: "cancelled" });
    expect(await statusOf(adder)).toBe("created");
    expect(await jobs.take("shop", "me", LONG_MS)).toBeUndefined();
    const running = await jobs.create("shop", buildOf(adder));
    await jobs.take("shop", "me", LONG_MS);
    await jobs.cancel("shop", running.id);
    expect(await jobs.hold(running.id, "me", { forMs: LONG_MS, progress: NOTHING })).toBe(false);
    expect(await jobs.end(running.id, "me", { state: "succeeded", image: IMAGE }, NOTHING)).toBe(false);
    expect(await jobs.cancel("shop", running.id)).toMatchObject({ state: "cancelled" });
    expect(await jobs.image("shop", adder.id, 1)).toBeUndefined();
  });

  test("jobs are listed newest first, of one function or all, and go with their function", async () => {
    const { jobs, functions } = current().store;
    const [adder, printer] = [await make("adder"), await make("printer")];
    const first = await jobs.create("shop", buildOf(adder));
    await jobs.cancel("shop", first.id);
    const ids = [first.id, (await jobs.create("shop", buildOf(adder))).id];
    await jobs.create("shop", buildOf(printer));
    const page = await jobs.list("shop", { functionId: adder.id }, { limit: 1 });
    const next = await jobs.list("shop", { functionId: adder.id }, { limit: 1, cursor: page.next });
    expect([...page.items, ...next.items].map(({ id }) => id).sort()).toEqual(ids.toSorted());
    expect((await jobs.list("shop", {}, { limit: 10 })).items).toHaveLength(3);
    expect((await jobs.list("other", {}, { limit: 10 })).items).toEqual([]);
    await functions.remove("shop", adder.id);
    expect((await jobs.list("shop", {}, { limit: 10 })).items).toHaveLength(1);
  });
}
