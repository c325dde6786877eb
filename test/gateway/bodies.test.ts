import { describe, expect, test } from "vitest";
import { defineService } from "../../worker-service/service.ts";
import { PROJECT, shopConfig } from "../support/mesh.ts";
import { PATHS, callNative, meshForSuite } from "./calling.ts";
import { probe } from "./probe.ts";
import { openRaw } from "./raw-connection.ts";

const MAX_BYTES = 1000;

describe("bodies", () => {
  const config = shopConfig({ default: { default: "allow" } }, { gateway: { limits: { maxBodyBytes: MAX_BYTES } } });
  const mesh = meshForSuite({ kind: "embedded", config, services: [probe] });

  const head = (path: string, ...headers: string[]): string =>
    [`POST ${path} HTTP/1.1`, "Host: gateway", "Connection: close", ...headers, "", ""].join("\r\n");

  /** A body of `chunks`, sent one by one, of no announced length. */
  const chunked = (...chunks: string[]): ReadableStream<Uint8Array> =>
    new ReadableStream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
        controller.close();
      },
    });

  /** The body that is `bytes` long, whichever path it goes to. */
  const bodyOf = (bytes: number): string => `{"params":"${"x".repeat(bytes - '{"params":""}'.length)}"}`;

  test.each(PATHS)("on %s a body of exactly the limit passes, announced or not", async (_path, call) => {
    const body = bodyOf(MAX_BYTES);
    expect((await call(mesh(), "probe/echo", { body })).status).toBe(200);
    expect((await call(mesh(), "probe/echo", { body: chunked(body) })).status).toBe(200);
  });

  test.each(PATHS)("on %s a body announced one byte too long is refused", async (_path, call) => {
    const response = await call(mesh(), "probe/echo", { body: bodyOf(MAX_BYTES + 1) });
    expect(response.status).toBe(413);
    expect(await response.text()).toContain(`larger than the ${MAX_BYTES} bytes allowed`);
  });

  test.each(PATHS)("on %s a body that grows too long is refused", async (_path, call) => {
    const response = await call(mesh(), "probe/echo", { body: chunked(bodyOf(MAX_BYTES), "1") });
    expect(response.status).toBe(413);
  });

  test.each(["/v1/call/shop/probe/echo", "/v1/api/shop/functions/probe/echo"])(
    "on %s a body announced far too long is refused before it comes",
    async (path) => {
      await using connection = await openRaw(mesh().url);
      connection.send(head(path, "Content-Length: 100000000"));
      expect(await connection.until((received) => received.includes("\r\n\r\n"))).toMatch(/^HTTP\/1\.1 413 /);
    },
  );

  test("a body without end is refused as soon as it is too long", async () => {
    await using connection = await openRaw(mesh().url);
    connection.send(head("/v1/call/shop/probe/echo", "Transfer-Encoding: chunked"));
    for (let sent = 0; sent <= MAX_BYTES; sent += 256) connection.send(`100\r\n${"x".repeat(256)}\r\n`);
    expect(await connection.until((received) => received.includes("\r\n\r\n"))).toMatch(/^HTTP\/1\.1 413 /);
  });

  test("a body that breaks off runs nothing, and the next call is answered", async () => {
    const served = await mesh().connect();
    let calls = 0;
    served.subscribe("fn.shop.counted.call", { queue: "q" }, (message) => {
      calls++;
      message.reply({ payload: message.payload, headers: {} });
    });
    await served.flush();
    for (const headers of [["Content-Length: 100"], ["Transfer-Encoding: chunked"]]) {
      await using connection = await openRaw(mesh().url);
      connection.send(`${head("/v1/call/shop/counted/call", ...headers)}10\r\n{"num`);
      connection.reset();
    }
    expect(await (await callNative(mesh(), "counted/call", { body: "7" })).text()).toBe("7");
    expect(calls).toBe(1);
  });

  test("two lengths that differ, or a length beside chunks, are no request", async () => {
    for (const headers of [
      ["Content-Length: 2", "Content-Length: 3"],
      ["Content-Length: 2", "Transfer-Encoding: chunked"],
      ["Content-Length: -1"],
      ["Content-Length: 0x2"],
    ]) {
      await using connection = await openRaw(mesh().url);
      connection.send(`${head("/v1/call/shop/probe/echo", ...headers)}12`);
      expect(await connection.closed()).toMatch(/^HTTP\/1\.1 400 /);
    }
  });
});

describe("a gateway that allows more than its broker", () => {
  const config = shopConfig({ default: { default: "allow" } }, { gateway: { limits: { maxBodyBytes: 10_000_000 } } });
  const mesh = meshForSuite({ kind: "embedded", config, services: [probe] });

  test.each(PATHS)("on %s carries larger bodies there and back in parts", async (_path, call) => {
    const body = JSON.stringify({ params: "x".repeat(5_000_000) });
    const response = await call(mesh(), "probe/echo", { body });
    expect(response.status).toBe(200);
    expect((await response.text()).length).toBeGreaterThan(5_000_000);
    expect(
      (await call(mesh(), "probe/echo", { body: JSON.stringify({ params: "x".repeat(10_000_000) }) })).status,
    ).toBe(413);
  });

  test("a worker that does not ask for a body in parts is not taken at its word", async () => {
    const foreign = mesh().workers.subscribe(`fn.${PROJECT}.foreign.count`, { queue: "q" }, (message) =>
      message.reply({ payload: new TextEncoder().encode(String(message.payload.length)), headers: {} }),
    );
    await mesh().workers.flush();
    expect(await (await callNative(mesh(), "foreign/count", { body: "[1]" })).text()).toBe("3");
    const response = await callNative(mesh(), "foreign/count", { body: `"${"x".repeat(2_000_000)}"` });
    expect(response.status).toBe(413);
    expect(await response.text()).toContain("without reading a body that came in parts");
    await foreign.drain();
  });
});

describe("params that a rule looks at", () => {
  const asksGuard = { rule: "func", service: "guard", func: "ack" };
  const looksAtParams = { rule: "match", type: "string", eval: "==", f1: "args.params.k", f2: "v" };
  const mesh = meshForSuite({
    kind: "embedded",
    config: shopConfig({ probe: { kind: asksGuard, echo: looksAtParams } }),
    services: [probe, defineService("guard", { ack: () => ({ ack: true }) })],
  });
  const nested = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;

  test.each(PATHS)("on %s may be nested, but not without end", async (_path, call) => {
    const token = await mesh().token();
    const statusOf = async (depth: number): Promise<number> => {
      const body = call === callNative ? nested(depth) : `{"params":${nested(depth)}}`;
      return (await call(mesh(), "probe/kind", { body, token })).status;
    };
    expect([await statusOf(1), await statusOf(1_000)]).toEqual([200, 200]);
    expect([await statusOf(1_001), await statusOf(400_000)]).toEqual([400, 400]);
  });

  test.each(PATHS)("on %s are refused when they are no JSON", async (_path, call) => {
    const token = await mesh().token();
    const response = await call(mesh(), "probe/echo", { body: '{"k":"v"', token });
    expect(response.status).toBe(400);
  });

  test("are read by their content type: a form has fields, bytes have none", async () => {
    const token = await mesh().token();
    const statusOf = async (type: string): Promise<number> =>
      (await callNative(mesh(), "probe/echo", { body: "k=v", token, headers: { "Content-Type": type } })).status;
    expect(await statusOf("application/x-www-form-urlencoded")).toBe(200);
    expect(await statusOf("application/octet-stream")).toBe(403);
    expect(await statusOf("text/plain")).toBe(403);
  });
});
