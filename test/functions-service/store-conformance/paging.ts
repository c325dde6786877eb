import fc from "fast-check";
import { expect, test } from "vitest";
import type { Page, PageRequest } from "../../../functions-service/store.ts";
import { begun, functionInput } from "../store-samples.ts";
import type { StoreUnderTest } from "../store-conformance.ts";

/** What is asked of listings. */
export function pagingConformance(current: () => StoreUnderTest): void {
  test("no event comes twice or is missed while others are stored and removed", async () => {
    const { events, journal } = current().store;
    let run = 0;
    // Few times for many events: most of them happened in the same millisecond.
    const times = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(times, times, fc.integer({ min: 1, max: 7 }), async (before, meanwhile, limit) => {
        const project = `p${run++}`;
        const made = before.map((ms) => happened(ms));
        await journal.append(project, made);
        const late = meanwhile.map((ms) => happened(ms));
        const removed = happened(1);
        await journal.append(project, [removed]);
        const seen = await all(
          (page) => events.list(project, {}, page),
          limit,
          async () => {
            await journal.append(project, late.splice(0, 3));
            await events.remove(project, removed.id);
          },
        );
        const ids = seen.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids).toEqual(expect.arrayContaining(made.map(({ id }) => id)));
        const order = seen.map(({ timestamp, id }) => `${timestamp} ${id}`);
        expect(order).toEqual(order.toSorted().reverse());
      }),
      { numRuns: 40 },
    );
  });

  test("functions come by label, byte by byte, each once", async () => {
    const { functions } = current().store;
    const labels = ["b", "B", "a", "_x", "-x", "Z9", "a-b", "a_b", "ab", "10", "9"];
    for (const label of labels) await functions.create("shop", functionInput(label), "u1");
    await functions.create("other", functionInput("c"), "u1");
    for (const limit of [1, 3, labels.length, 1000]) {
      const seen = await all((page) => functions.list("shop", page), limit);
      expect(seen.map(({ label }) => label)).toEqual(labels.toSorted());
    }
  });

  test("versions come newest first, each once", async () => {
    const { functions } = current().store;
    const { id } = await functions.create("shop", functionInput("adder"), "u1");
    for (let round = 0; round < 6; round++) await functions.update("shop", id, functionInput("adder"), { by: "u1" });
    const seen = await all((page) => functions.versions("shop", id, page), 3);
    expect(seen.map(({ version }) => version)).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect((await functions.versions("other", id, { limit: 3 })).items).toEqual([]);
  });

  test("a cursor fits into a URL, and only its own kind of listing takes it", async () => {
    const { functions, events, journal } = current().store;
    for (const label of ["a", "b"]) await functions.create("shop", functionInput(label), "u1");
    await journal.append("shop", [begun("e1"), begun("e2?&=+/ü")]);
    const cursors = [
      (await functions.list("shop", { limit: 1 })).next,
      (await events.list("shop", {}, { limit: 1 })).next,
    ];
    expect(cursors).toEqual([expect.stringMatching(/^[\w-]+$/), expect.stringMatching(/^[\w-]+$/)]);
    const refused = { code: "invalid_request", status: 400, message: expect.stringContaining("cursor") };
    await expect(functions.list("shop", { limit: 1, cursor: cursors[1] })).rejects.toMatchObject(refused);
    await expect(functions.versions("shop", "f", { limit: 1, cursor: cursors[1] })).rejects.toMatchObject(refused);
    await expect(events.list("shop", {}, { limit: 1, cursor: cursors[0] })).rejects.toMatchObject(refused);
  });

  test("whatever else is sent as a cursor is refused", async () => {
    const { functions, events } = current().store;
    const refused = { code: "invalid_request" };
    const json = fc.json().map((text) => new TextEncoder().encode(text).toBase64({ alphabet: "base64url" }));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), json), async (cursor) => {
        await expect(functions.list("shop", { limit: 1, cursor })).rejects.toMatchObject(refused);
        await expect(events.list("shop", {}, { limit: 1, cursor })).rejects.toMatchObject(refused);
      }),
      { numRuns: 100 },
    );
  });

  test.each([0, -1, 1001, 1.5, NaN])("a page of %d items is refused", async (limit) => {
    const { functions, events } = current().store;
    await expect(functions.list("shop", { limit })).rejects.toMatchObject({ code: "invalid_request" });
    await expect(events.list("shop", {}, { limit })).rejects.toMatchObject({ code: "invalid_request" });
  });
}

function happened(ms: number) {
  return begun(crypto.randomUUID(), { startedAt: Date.UTC(2026, 4, 1) + ms });
}

/** All items, page by page. */
async function all<Item>(
  list: (page: PageRequest) => Promise<Page<Item>>,
  limit: number,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await list({ limit, cursor });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    items.push(...page.items);
    cursor = page.next;
    await between();
  } while (cursor !== undefined);
  return items;
}
