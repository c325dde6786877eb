import { describe, expect, test } from "vitest";
import { brokersUnderTest } from "../support/nats.ts";
import { PROJECT, shopConfig } from "../support/mesh.ts";
import { callNative } from "./calling.ts";
import { openRaw, statuses } from "./raw-connection.ts";
import { streamingSuite } from "./streaming-suite.ts";

const MAX_BYTES = 64 * 1024 * 1024;
const BINARY = { "Content-Type": "application/octet-stream" };

describe.each(brokersUnderTest())("an upload over %s", (kind) => {
  const { mesh, watched } = streamingSuite(
    kind,
    shopConfig(
      {
        streaming: { default: { rule: "allow" }, upload: { rule: "allow" } },
        guarded: { default: { rule: "authenticated" } },
      },
      { gateway: { limits: { maxBodyBytes: MAX_BYTES } } },
    ),
  );
  const head = (name: string, ...fields: string[]): string =>
    [`POST /v1/call/${PROJECT}/${name} HTTP/1.1`, "Host: gateway", "Content-Type: a/b", ...fields, "", ""].join("\r\n");

  test.each(["size", "length"])(
    "of exactly the limit reaches the function, its length announced or not: %s",
    async (name) => {
      const announced = await callNative(mesh(), `streaming/${name}`, {
        body: new Uint8Array(MAX_BYTES),
        headers: BINARY,
      });
      expect(await announced.json()).toBe(MAX_BYTES);
      const chunked = await callNative(mesh(), `streaming/${name}`, { body: pieces(MAX_BYTES), headers: BINARY });
      expect(await chunked.json()).toBe(MAX_BYTES);
    },
  );

  test("of one byte more is refused, before it is read", async () => {
    await using connection = await openRaw(mesh().url);
    connection.send(head("streaming/size", `Content-Length: ${MAX_BYTES + 1}`));
    expect(statuses(await connection.until((received) => received.includes("\r\n\r\n")))).toEqual([413]);
  });

  test.each(["size", "length"])("that grows beyond the limit is refused in the middle: %s", async (name) => {
    const response = await callNative(mesh(), `streaming/${name}`, { body: pieces(MAX_BYTES + 1), headers: BINARY });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: "payload_too_large" });
  });

  test.each([
    ["of announced length", "Content-Length: 10000000", "x".repeat(100_000)],
    ["of unknown length", "Transfer-Encoding: chunked", `${(100_000).toString(16)}\r\n${"x".repeat(100_000)}\r\n`],
  ])("%s that its client breaks off breaks the handler's stream and aborts its signal", async (_of, field, part) => {
    const connection = await openRaw(mesh().url);
    connection.send(head("streaming/upload", field));
    connection.send(part);
    await watched().begun.promise;
    connection.reset();
    expect(await watched().broken.promise).toBeInstanceOf(Error);
    expect(await watched().aborted.promise).toMatchObject({ code: "cancelled" });
  });

  test("that its client breaks off before anybody reads it harms nobody", async () => {
    for (let count = 0; count < 20; count++) {
      const connection = await openRaw(mesh().url);
      connection.send(head("streaming/nowhere", "Transfer-Encoding: chunked"));
      connection.send("3\r\nabc\r\n");
      connection.reset();
    }
    expect(await (await callNative(mesh(), "streaming/size", { body: "abc" })).json()).toBe(3);
  });

  test.each(["Content-Length: 10000000", "Transfer-Encoding: chunked"])(
    "of a caller who is not let in is not waited for: %s",
    async (field) => {
      await using connection = await openRaw(mesh().url);
      connection.send(head("guarded/size", field));
      expect(statuses(await connection.until((received) => received.includes("\r\n\r\n")))).toEqual([401]);
    },
  );
});

/** So many bytes, which do not say how many they are. */
function pieces(bytes: number): ReadableStream<Uint8Array> {
  let left = bytes;
  return new ReadableStream({
    pull(controller) {
      const size = Math.min(left, 1024 * 1024);
      left -= size;
      if (size > 0) controller.enqueue(new Uint8Array(size));
      else controller.close();
    },
  });
}
