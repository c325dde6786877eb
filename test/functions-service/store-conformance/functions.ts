import fc from "fast-check";
import { expect, test } from "vitest";
import type { Traffic } from "../../../mesh/function.ts";
import { functionInput } from "../store-samples.ts";
import type { StoreUnderTest } from "../store-conformance.ts";

/** What is asked of stored functions. */
export function functionConformance(current: () => StoreUnderTest): void {
  test("a function is found as it was stored, by its id and by its label, in its own project only", async () => {
    const { functions } = current().store;
    const input = functionInput("adder");
    const made = await functions.create("shop", input, "u1");
    expect(made).toMatchObject({ ...input, project: "shop", version: 1, status: "created", createdBy: "u1" });
    expect(made).toMatchObject({ traffic: { 1: 100 }, url: undefined, updatedAt: made.createdAt });
    expect(await functions.get("shop", made.id)).toEqual(made);
    expect(await functions.findByLabel("shop", "adder")).toEqual(made);
    expect(await functions.get("other", made.id)).toBeUndefined();
    expect(await functions.findByLabel("other", "adder")).toBeUndefined();
    expect(await functions.version("other", made.id, 1)).toBeUndefined();
  });

  test("any text is stored as it is, but for U+0000, which is refused", async () => {
    const { functions } = current().store;
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", minLength: 1 }), async (text) => {
        const creating = functions.create(
          "shop",
          functionInput(`f${count++}`, { handler: text, env: { TEXT: text } }),
          text,
        );
        if (text.includes("\0")) {
          await expect(creating).rejects.toMatchObject({ code: "invalid_request", issues: [{ path: ["handler"] }] });
        } else {
          const { id } = await creating;
          expect(await functions.get("shop", id)).toMatchObject({
            handler: text,
            env: { TEXT: text },
            createdBy: text,
          });
        }
      }),
      { numRuns: 50 },
    );
  });

  test("a label is taken once per project, by two at once as well", async () => {
    const { store, place } = current();
    const other = await place.open();
    const taken = { code: "invalid_request", status: 409, message: expect.stringContaining('"adder"') };
    const creating = await Promise.allSettled(
      [store, other].map(({ functions }) => functions.create("shop", functionInput("adder"), "u1")),
    );
    expect(creating.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(creating.find(({ status }) => status === "rejected")).toMatchObject({ reason: taken });
    await expect(store.functions.create("shop", functionInput("adder"), "u1")).rejects.toMatchObject(taken);
    await store.functions.create("other", functionInput("adder"), "u1");
  });

  test("a change makes a new version and leaves the ones before as they were", async () => {
    const { functions } = current().store;
    const first = await functions.create("shop", functionInput("adder"), "u1");
    const second = await functions.update("shop", first.id, functionInput("sum", { handler: "two" }), { by: "u2" });
    expect(second).toMatchObject({
      label: "sum",
      handler: "two",
      version: 2,
      createdAt: first.createdAt,
      createdBy: "u1",
    });
    expect(await functions.get("shop", first.id)).toEqual(second);
    expect(await functions.version("shop", first.id, 1)).toMatchObject({ label: "adder", createdBy: "u1", version: 1 });
    expect(await functions.version("shop", first.id, 2)).toMatchObject({ label: "sum", createdBy: "u2", version: 2 });
    expect(await functions.version("shop", first.id, 3)).toBeUndefined();
  });

  test("updatedAt grows with every change, however fast they come", async () => {
    const { functions } = current().store;
    const { id, updatedAt } = await functions.create("shop", functionInput("adder"), "u1");
    const times = [updatedAt];
    for (let round = 0; round < 10; round++) {
      times.push((await functions.update("shop", id, functionInput("adder"), { by: "u1" })).updatedAt);
      times.push((await functions.setTraffic("shop", id, { 1: 100 })).updatedAt);
      times.push((await functions.setStatus("shop", id, "built")).updatedAt);
    }
    expect(times).toEqual([...new Set(times)].sort());
  });

  test("a change based on what is no longer there is refused", async () => {
    const { functions } = current().store;
    const { id, updatedAt } = await functions.create("shop", functionInput("adder"), "u1");
    const changed = await functions.update("shop", id, functionInput("adder"), { by: "u1", ifUpdatedAt: updatedAt });
    for (const ifUpdatedAt of [updatedAt, "", "yesterday", changed.updatedAt.replace("Z", "000Z")]) {
      await expect(
        functions.update("shop", id, functionInput("adder"), { by: "u1", ifUpdatedAt }),
      ).rejects.toMatchObject({ code: "invalid_request", status: 412 });
    }
    expect(await functions.get("shop", id)).toEqual(changed);
  });

  test("of two who change the same state over two connections, one is refused", async () => {
    const { store, place } = current();
    const stores = [store, await place.open()];
    const made = await store.functions.create("shop", functionInput("adder"), "u1");
    const { id } = made;
    let { updatedAt } = made;
    for (let round = 0; round < 10; round++) {
      const changes = await Promise.allSettled(
        stores.map(({ functions }) =>
          functions.update("shop", id, functionInput("adder"), { by: "u1", ifUpdatedAt: updatedAt }),
        ),
      );
      expect(changes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
      expect(changes.find(({ status }) => status === "rejected")).toMatchObject({ reason: { status: 412 } });
      updatedAt = (await store.functions.get("shop", id))?.updatedAt ?? "";
    }
    expect((await store.functions.get("shop", id))?.version).toBe(11);
  });

  test("of two who change what goes where, or remove the function, based on the same state, one is refused", async () => {
    const { store, place } = current();
    const stores = [store, await place.open()];
    const made = await store.functions.create("shop", functionInput("adder"), "u1");
    const { id } = made;
    let { updatedAt } = made;
    for (let round = 0; round < 10; round++) {
      const condition = { ifUpdatedAt: updatedAt };
      const changes = await Promise.allSettled(
        stores.map(({ functions }) => functions.setTraffic("shop", id, { 1: 100 }, condition)),
      );
      expect(changes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
      expect(changes.find(({ status }) => status === "rejected")).toMatchObject({ reason: { status: 412 } });
      updatedAt = (await store.functions.get("shop", id))?.updatedAt ?? "";
    }
    await expect(store.functions.remove("shop", id, { ifUpdatedAt: made.updatedAt })).rejects.toMatchObject({
      status: 412,
    });
    const removing = stores.map(({ functions }, at) =>
      at === 0
        ? functions.remove("shop", id, { ifUpdatedAt: updatedAt })
        : functions.setTraffic("shop", id, { 1: 100 }, { ifUpdatedAt: updatedAt }),
    );
    const last = await Promise.allSettled<unknown>(removing);
    expect(last.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    const isRemoved = last[0]?.status === "fulfilled";
    expect(await store.functions.get("shop", id)).toEqual(isRemoved ? undefined : expect.objectContaining({ id }));
  });

  test("what follows from the traffic as it is counts every step, over two connections as well", async () => {
    const { store, place } = current();
    const stores = [store, await place.open()] as const;
    const { id } = await store.functions.create("shop", functionInput("adder"), "u1");
    for (let version = 2; version <= 21; version++)
      await store.functions.update("shop", id, functionInput("adder"), { by: "u1" });
    const oneUp = (traffic: Traffic): Traffic => ({ [Number(Object.keys(traffic)[0]) + 1]: 100 });
    await Promise.all(
      Array.from({ length: 20 }, (_, round) => stores[round % 2 === 0 ? 0 : 1].functions.setTraffic("shop", id, oneUp)),
    );
    const stepped = await store.functions.get("shop", id);
    expect(stepped).toMatchObject({ traffic: { 21: 100 } });
    await expect(store.functions.setTraffic("shop", id, oneUp)).rejects.toMatchObject({ status: 400 });
    expect(await store.functions.get("shop", id)).toEqual(stepped);
  });

  test("changes without a condition over two connections all become versions", async () => {
    const { store, place } = current();
    const stores = [store, await place.open()] as const;
    const { id } = await store.functions.create("shop", functionInput("adder"), "u1");
    await Promise.all(
      Array.from({ length: 20 }, (_, round) =>
        stores[round % 2 === 0 ? 0 : 1].functions.update("shop", id, functionInput("adder"), {
          by: `changer ${round}`,
        }),
      ),
    );
    const { items } = await store.functions.versions("shop", id, { limit: 100 });
    expect(items.map(({ version }) => version)).toEqual(Array.from({ length: 21 }, (_, place) => 21 - place));
    expect(new Set(items.map(({ createdBy }) => createdBy)).size).toBe(21);
  });

  test("a change to a label that is taken leaves everything as it was", async () => {
    const { functions } = current().store;
    await functions.create("shop", functionInput("taken"), "u1");
    const made = await functions.create("shop", functionInput("adder"), "u1");
    await expect(functions.update("shop", made.id, functionInput("taken"), { by: "u1" })).rejects.toMatchObject({
      status: 409,
    });
    expect(await functions.get("shop", made.id)).toEqual(made);
    expect(await functions.version("shop", made.id, 2)).toBeUndefined();
  });

  test("traffic goes to versions that are there, in percent that add up", async () => {
    const { functions } = current().store;
    const { id } = await functions.create("shop", functionInput("adder"), "u1");
    const made = await functions.update("shop", id, functionInput("adder"), { by: "u1" });
    for (const traffic of [
      {},
      { 1: 99 },
      { 1: 150, 2: -50 },
      { 1: 99.5, 2: 0.5 },
      { 3: 100 },
      { one: 100 },
      { "01": 100 },
    ]) {
      await expect(functions.setTraffic("shop", id, traffic)).rejects.toMatchObject({
        code: "invalid_request",
        status: 400,
      });
    }
    expect(await functions.get("shop", id)).toEqual(made);
    const split = await functions.setTraffic("shop", id, { 1: 90, 2: 10 });
    expect(split).toEqual({ ...made, traffic: { 1: 90, 2: 10 }, updatedAt: split.updatedAt });
    expect(await functions.get("shop", id)).toEqual(split);
  });

  test("a status is set and an address kept until there is another", async () => {
    const { functions } = current().store;
    const { id } = await functions.create("shop", functionInput("adder"), "u1");
    await functions.setStatus("shop", id, "deployed", "http://127.0.0.1:1");
    expect(await functions.setStatus("shop", id, "failed")).toMatchObject({
      status: "failed",
      url: "http://127.0.0.1:1",
    });
  });

  test("nothing can be changed of a function that is not there, or that is another project's", async () => {
    const { functions } = current().store;
    const { id } = await functions.create("shop", functionInput("adder"), "u1");
    const missing = { code: "function_not_found", message: expect.stringContaining(id) };
    await expect(functions.update("other", id, functionInput("adder"), { by: "u1" })).rejects.toMatchObject(missing);
    await expect(
      functions.update("other", id, functionInput("adder"), { by: "u1", ifUpdatedAt: "" }),
    ).rejects.toMatchObject(missing);
    await expect(functions.setTraffic("other", id, { 1: 100 })).rejects.toMatchObject(missing);
    await expect(functions.setStatus("other", id, "built")).rejects.toMatchObject(missing);
    expect(await functions.remove("other", id)).toBe(false);
    expect(await functions.remove("other", id, { ifUpdatedAt: "" })).toBe(false);
  });

  test("a function goes with its versions, and its label is free again", async () => {
    const { functions } = current().store;
    const { id } = await functions.create("shop", functionInput("adder"), "u1");
    expect(await functions.remove("shop", id)).toBe(true);
    expect(await functions.remove("shop", id)).toBe(false);
    expect(await functions.get("shop", id)).toBeUndefined();
    expect((await functions.versions("shop", id, { limit: 10 })).items).toEqual([]);
    expect(await current().place.sql().selectFrom("function_versions").selectAll().execute()).toEqual([]);
    await functions.create("shop", functionInput("adder"), "u1");
  });
}
