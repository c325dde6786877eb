import { expect, onTestFinished, test } from "vitest";
import { usePostgres } from "../../support/postgres.ts";
import { type StorePlace, postgresPlace, sqlitePlace } from "../store-place.ts";
import { type EventReader, readEvents } from "./read-events.ts";
import { EVENTS, type TestApi, useApi } from "./use-api.ts";

const server = usePostgres();

const PLACES: readonly (readonly [string, () => Promise<StorePlace>])[] = [
  ["SQLite", sqlitePlace],
  ["PostgreSQL", () => postgresPlace(server.url)],
];

async function listen(api: TestApi, lastId: string): Promise<EventReader> {
  const headers = { Accept: "text/event-stream", "Last-Event-ID": lastId };
  const reader = readEvents(await api.send("GET", EVENTS, undefined, headers));
  onTestFinished(() => reader.cancel());
  return reader;
}

test.each(PLACES)(
  "processes that share a store tell the same with the same ids, so that clients may change between them: %s",
  async (_, makePlace) => {
    const place = await makePlace();
    onTestFinished(() => place.close());
    const stores = [await place.open(), await place.open()] as const;
    const apis = [await useApi({ wrap: () => stores[0] }), await useApi({ wrap: () => stores[1] })] as const;
    const count = 120;
    const load = (async () => {
      for (let number = 0; number < count; number += 4) {
        const posting = [0, 1, 2, 3].map((more) =>
          apis[more % 2 === 0 ? 0 : 1].send("POST", EVENTS, { type: "OTHER", source: "load", payload: number + more }),
        );
        expect((await Promise.all(posting)).map(({ status }) => status)).toEqual([201, 201, 201, 201]);
      }
    })();
    const got: unknown[] = [];
    let at = 0;
    let reader = await listen(apis[0], "0");
    while (got.length < count) {
      const { id = "", data } = await reader.next();
      got.push(data.data.payload);
      if (got.length % 25 > 0) continue;
      await reader.cancel();
      at++;
      reader = await listen(apis[at % 2 === 0 ? 0 : 1], id);
    }
    await load;
    expect(got.map(Number).toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (__, number) => number));
  },
);
