import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { migrateDown, migrateToLatest } from "../../../functions-service/store/migrate.ts";
import { functionInput } from "../store-samples.ts";
import type { StorePlace } from "../store-place.ts";

const FIRST_TABLES = ["events", "function_versions", "functions", "journal", "journal_marks", "sinks"];
const TABLES = [...FIRST_TABLES, "images", "jobs"].sort();

/** What is asked of bringing the tables up to date, and back. */
export function migrationConformance(makePlace: () => Promise<StorePlace>): void {
  let place: StorePlace;
  beforeEach(async () => {
    place = await makePlace();
  });
  afterEach(() => place.close());

  test("migrations go up, down to nothing, and up again", async () => {
    const db = place.sql();
    const up = await migrateToLatest(db, place.features);
    expect(up).toEqual(["0001-initial", "0002-builds", "0003-deployments", "0004-event-filters"]);
    expect(await tablesOf(place)).toEqual(TABLES);
    expect(await migrateToLatest(db, place.features)).toEqual([]);
    const undone = ["0004-event-filters", "0003-deployments", "0002-builds"];
    expect(await migrateDown(db, place.features, "0001-initial")).toEqual(undone);
    expect(await tablesOf(place)).toEqual(FIRST_TABLES);
    expect(await migrateToLatest(db, place.features)).toEqual(undone.toReversed());
    expect(await migrateDown(db, place.features)).toEqual(up.toReversed());
    expect(await tablesOf(place)).toEqual([]);
    const { functions } = await place.open();
    await functions.create("shop", functionInput("adder"), "u1");
  });

  test("several that open a new store at once do not get in each other's way", async () => {
    const stores = await Promise.all(Array.from({ length: 4 }, () => place.open()));
    const made = await stores[0]?.functions.create("shop", functionInput("adder"), "u1");
    for (const { functions } of stores) expect(await functions.get("shop", made?.id ?? "")).toEqual(made);
  });

  test("a store that a newer version has written is left alone", async () => {
    await (await place.open()).close();
    const migration = { name: "0999-from-the-future", timestamp: new Date().toISOString() };
    await sql`insert into fmesh_migrations (name, timestamp) values (${migration.name}, ${migration.timestamp})`.execute(
      place.sql(),
    );
    await expect(place.open()).rejects.toMatchObject({
      name: "StoreStartError",
      message: expect.stringMatching(
        /newer version.*"0999-from-the-future".*run that version or newer, or restore a backup from before$/,
      ),
    });
  });

  test("a database with other tables of the same names is left alone", async () => {
    const db = place.sql();
    await sql`create table events (owner text)`.execute(db);
    await expect(place.open()).rejects.toMatchObject({
      name: "StoreStartError",
      message: expect.stringMatching(/"?events"? already exists.*give the store a (database|file) of its own/),
    });
    expect(await tablesOf(place)).toEqual(["events"]);
  });
}

async function tablesOf(place: StorePlace): Promise<string[]> {
  const tables = await place.sql().introspection.getTables();
  return tables
    .map(({ name }) => name)
    .filter((name) => !name.startsWith("fmesh_migrations"))
    .sort();
}
