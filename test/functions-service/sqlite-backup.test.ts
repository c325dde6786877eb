import { readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { backUpSqliteStore } from "../../functions-service/runtime/sqlite-backup.ts";
import type { Store } from "../../functions-service/store.ts";
import { type StorePlace, openStoreAt, sqlitePlace } from "./store-place.ts";
import { functionInput } from "./store-samples.ts";

let place: StorePlace;
let store: Store;
let folder: string;
beforeEach(async () => {
  place = await sqlitePlace();
  store = await place.open();
  folder = dirname(place.url);
});
afterEach(() => place.close());

test("a backup of a store in use opens with everything that was in it", async () => {
  const made = await store.functions.create("shop", functionInput("adder"), "u1");
  const to = join(folder, "backup.db");
  await backUpSqliteStore(place.url, { to });
  await store.functions.remove("shop", made.id);
  const backup = await openStoreAt(to);
  expect(await backup.functions.get("shop", made.id)).toEqual(made);
  await backup.close();
});

test("a file that is there is not replaced", async () => {
  const to = join(folder, "backup.db");
  await writeFile(to, "");
  await expect(backUpSqliteStore(place.url, { to })).rejects.toThrow(/not backed up.*backup\.db.*not there yet/);
  expect(await unfinished()).toEqual([]);
});

test("a backup without room, without a folder or without a store says so and leaves nothing behind", async () => {
  const to = join(folder, "backup.db");
  const freeBytes = (): Promise<number> => Promise.resolve(4096);
  await expect(backUpSqliteStore(place.url, { to, freeBytes })).rejects.toThrow(/there are 4096 free; make room/);
  await expect(backUpSqliteStore(place.url, { to: join(folder, "no/b.db") })).rejects.toThrow(/create the folder/);
  await expect(backUpSqliteStore(join(folder, "none.db"), { to })).rejects.toThrow(
    /none\.db.*see that the store is there/,
  );
  expect(await unfinished()).toEqual([]);
});

async function unfinished(): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith(".unfinished") || name === "none.db");
}
