import { Database } from "bun:sqlite";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Kysely } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SqliteDialect } from "../../functions-service/runtime/sqlite-dialect.ts";
import { sqlStore } from "../../functions-service/store/sql-store.ts";
import { sqliteFeatures } from "../../functions-service/store/sqlite.ts";
import type { Tables } from "../../functions-service/store/tables.ts";
import { type StorePlace, openStoreAt, sqlitePlace } from "./store-place.ts";
import { begun, functionInput } from "./store-samples.ts";

let place: StorePlace;
beforeEach(async () => {
  place = await sqlitePlace();
});
afterEach(() => place.close());

test("a full disk loses the batch as a whole, says so, and is no obstacle once there is room", async () => {
  await (await place.open()).close();
  const database = new Database(place.url);
  const store = sqlStore(new Kysely<Tables>({ dialect: new SqliteDialect(database) }), sqliteFeatures);
  await store.journal.append("shop", [begun("e1")]);
  const { page_count: pages } = database.query("pragma page_count").get() as { page_count: number };
  database.run(`pragma max_page_count = ${pages + 2}`);
  const large = Array.from({ length: 50 }, (_, number) => begun(`x${number}`, { payload: "y".repeat(9000) }));
  const full = { code: "internal", status: 503, message: expect.stringContaining("disk is full; nothing was written") };
  await expect(store.journal.append("shop", large)).rejects.toMatchObject(full);
  expect((await store.events.list("shop", {}, { limit: 100 })).items.map(({ id }) => id)).toEqual(["e1"]);
  database.run("pragma max_page_count = 100000");
  await store.journal.append("shop", large);
  expect((await store.events.list("shop", {}, { limit: 100 })).items).toHaveLength(51);
  await store.close();
});

test("a store that can be read only is read, and refuses to write", async () => {
  const writable = await place.open();
  const made = await writable.functions.create("shop", functionInput("adder"), "u1");
  const database = new Database(place.url, { readonly: true });
  const store = sqlStore(new Kysely<Tables>({ dialect: new SqliteDialect(database) }), sqliteFeatures);
  expect(await store.functions.get("shop", made.id)).toEqual(made);
  await expect(store.functions.remove("shop", made.id)).rejects.toMatchObject({
    status: 503,
    message: expect.stringContaining("can be read only; nothing was written"),
  });
  await store.close();
});

test("a file that is no database is left alone", async () => {
  await writeFile(place.url, "these are not the pages you are looking for ".repeat(200));
  await expect(openStoreAt(place.url)).rejects.toMatchObject({
    name: "StoreStartError",
    message: expect.stringMatching(/functions\.db": .*SQLITE_NOTADB.*; name another file/),
  });
});

test("a folder that is not there is to be created", async () => {
  await expect(openStoreAt(join(dirname(place.url), "none", "functions.db"))).rejects.toMatchObject({
    name: "StoreStartError",
    message: expect.stringMatching(/none\/functions\.db": .*; create its folder/),
  });
});
