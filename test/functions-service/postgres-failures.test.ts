import { once } from "node:events";
import { createServer } from "node:net";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { startPostgres, usePostgres } from "../support/postgres.ts";
import { openStoreAt, postgresPlace } from "./store-place.ts";
import { functionInput } from "./store-samples.ts";

describe("at the start", () => {
  const server = usePostgres();

  test.each([
    ["a wrong password", { password: "guess-me" }, /password authentication failed.*; correct user and password/],
    ["a database that is not there", { pathname: "/none" }, /"none" does not exist.*; create the database/],
  ])("%s is named, and no password shown", async (_name, change, message) => {
    const url = Object.assign(new URL(server.url), change);
    const failure = openStoreAt(url.href);
    await expect(failure).rejects.toMatchObject({ name: "StoreStartError", message: expect.stringMatching(message) });
    await expect(failure).rejects.not.toThrow(url.password);
  });

  test("a server that is not there, or that is another, is named", async () => {
    const other = createServer((socket) => {
      socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n", () => socket.destroy()));
    }).listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    const url = `postgres://me:secret@127.0.0.1:${port}/shop`;
    await expect(openStoreAt(url)).rejects.toMatchObject({
      name: "StoreStartError",
      message: expect.stringMatching(/"postgres:\/\/me@127\.0\.0\.1:\d+\/shop".*; see that it is a PostgreSQL server/),
    });
    other.close();
    await once(other, "close");
    await expect(openStoreAt(url)).rejects.toMatchObject({
      name: "StoreStartError",
      message: expect.stringMatching(/ECONNREFUSED.*start its server/),
    });
  });

  test("a server that can be read only refuses writes clearly", async () => {
    const place = await postgresPlace(server.url);
    await (await place.open()).close();
    await sql
      .raw(`alter database "${new URL(place.url).pathname.slice(1)}" set default_transaction_read_only = on`)
      .execute(place.sql());
    const store = await place.open();
    await expect(store.functions.create("shop", functionInput("adder"), "u1")).rejects.toMatchObject({
      status: 503,
      message: expect.stringContaining("can be read only"),
    });
    await place.close();
  });
});

test("a server that goes away is a clear error, not the end of the process", async () => {
  const server = await startPostgres();
  const store = await openStoreAt(server.url);
  await store.ping();
  await server.close();
  await expect(store.ping()).rejects.toMatchObject({
    status: 503,
    message: expect.stringContaining("cannot be reached"),
  });
  await store.close();
});
