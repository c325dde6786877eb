import { afterEach, describe, expect, test } from "vitest";
import { shopConfig } from "../support/mesh.ts";
import { callNative, meshForSuite } from "./calling.ts";
import { probe } from "./probe.ts";
import { openRaw, rawCall, statuses } from "./raw-connection.ts";

const ECHO = "/v1/call/shop/probe/echo";

describe("whatever is sent to the gateway, the next good call is answered", () => {
  const mesh = meshForSuite({
    kind: "embedded",
    config: shopConfig({ probe: { default: "allow" } }),
    services: [probe],
  });

  afterEach(async () => {
    const response = await callNative(mesh(), "probe/echo", { body: '"still here"' });
    if ((await response.text()) !== '"still here"') throw new Error("the gateway does not answer any more");
  });

  test.each([
    ["bytes that are no request", Uint8Array.from({ length: 4096 }, (_, index) => (index * 151) % 256)],
    ["zeros", new Uint8Array(1024)],
    ["a TLS greeting", Uint8Array.of(0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03)],
    ["the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["a version from the future", `POST ${ECHO} HTTP/9.9\r\nHost: x\r\n\r\n`],
    ["a NATS client", 'CONNECT {"verbose":true}\r\nPUB fn.shop.probe.echo 2\r\n{}\r\n'],
    ["a header without a colon", `POST ${ECHO} HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n`],
    ["a space before the colon", `POST ${ECHO} HTTP/1.1\r\nHost: x\r\nContent-Length : 1\r\n\r\n1`],
    ["a NUL in a header", `POST ${ECHO} HTTP/1.1\r\nHost: x\r\nX-Request-Id: a\0b\r\n\r\n`],
    ["a chunk whose size is no number", `POST ${ECHO} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`],
    ["a header of a megabyte", `POST ${ECHO} HTTP/1.1\r\nHost: x\r\nX-Long: ${"x".repeat(1_000_000)}\r\n\r\n`],
    ["a path of a megabyte", `POST /${"x".repeat(1_000_000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
  ])("after %s, which nobody answers with success", async (_what, bytes) => {
    await using connection = await openRaw(mesh().url);
    connection.send(bytes);
    connection.end();
    expect(statuses(await connection.closed()).filter((status) => status < 400)).toEqual([]);
  });

  test("after halves of requests, cut anywhere", async () => {
    const whole = rawCall(ECHO, '{"num1":10,"num2":20}', ["Content-Type: application/json"]);
    for (let length = 1; length < whole.length; length += 7) {
      await using connection = await openRaw(mesh().url);
      connection.send(whole.slice(0, length));
      connection.end();
    }
    expect((await fetch(`${mesh().url}/readyz`)).status).toBe(200);
  });

  test("after two hundred connections that went away in the middle of a call", async () => {
    const connections = await Promise.all(Array.from({ length: 200 }, () => openRaw(mesh().url)));
    for (const [index, connection] of connections.entries()) {
      const call = rawCall(index % 2 === 0 ? "/v1/call/shop/probe/never" : ECHO, '{"a":1}', ["X-Request-Timeout: 1"]);
      connection.send(index % 3 === 0 ? call.slice(0, -3) : call);
    }
    for (const connection of connections) connection.reset();
    expect((await fetch(`${mesh().url}/readyz`)).status).toBe(200);
  });

  test("after connections that say nothing", async () => {
    const connections = await Promise.all(Array.from({ length: 50 }, () => openRaw(mesh().url)));
    expect((await fetch(`${mesh().url}/readyz`)).status).toBe(200);
    for (const connection of connections) connection.reset();
  });

  test("requests on one connection, each after the other's answer, are answered on it", async () => {
    await using connection = await openRaw(mesh().url);
    for (let index = 0; index < 25; index++) {
      const body = `{"call":${index}}`;
      connection.send(rawCall(ECHO, body));
      const received = await connection.until((text) => text.endsWith(body));
      expect(statuses(received).length).toBe(index + 1);
    }
  });

  test("requests that do not wait for the answers before are answered in order, or the connection ends", async () => {
    await using connection = await openRaw(mesh().url);
    const bodies = Array.from({ length: 25 }, (_, index) => `{"call":${index}}`);
    connection.send(bodies.map((body) => rawCall(ECHO, body)).join(""));
    connection.end();
    const answers = (await connection.closed()).match(/\{"call":\d+\}/g) ?? [];
    expect(answers).toEqual(bodies.slice(0, answers.length));
  });

  test("a bad request after a good one ends the connection before the next one runs", async () => {
    await using connection = await openRaw(mesh().url);
    connection.send(rawCall(ECHO, "1"));
    await connection.until((received) => received.endsWith("\r\n\r\n1"));
    connection.send(`NONSENSE\r\n\r\n${rawCall(ECHO, '"smuggled"')}`);
    expect(await connection.closed()).not.toContain("smuggled");
  });

  test.each([
    ["no Host", "HTTP/1.0", []],
    ["a Host", "HTTP/1.0", ["Host: gateway"]],
    ["a Host that is none", "HTTP/1.1", ["Host: a b"]],
    ["a Host that would like to be a path", "HTTP/1.1", ["Host: gateway/livez?"]],
  ])("a call with %s by %s is routed by its path", async (_what, version, headers) => {
    await using connection = await openRaw(mesh().url);
    const lines = [`POST ${ECHO} ${version}`, "Content-Length: 7", ...headers, "", '{"a":1}'];
    connection.send(lines.join("\r\n"));
    expect(await connection.until((received) => received.includes("\r\n\r\n{"))).toMatch(
      /^HTTP\/1\.[01] 200 [\s\S]*\{"a":1\}$/,
    );
  });

  test("a client that waits for 100 Continue is told to, or simply answered", async () => {
    await using connection = await openRaw(mesh().url);
    const call = rawCall(ECHO, '{"a":1}', ["Expect: 100-continue", "Connection: close"]);
    const bodyAt = call.indexOf("\r\n\r\n") + 4;
    connection.send(call.slice(0, bodyAt));
    connection.send(call.slice(bodyAt));
    expect(await connection.closed()).toMatch(/HTTP\/1\.1 200 [\s\S]*\{"a":1\}$/);
  });

  test("a body that comes byte by byte is one body", async () => {
    await using connection = await openRaw(mesh().url);
    for (const byte of rawCall(ECHO, '{"slow":true}', ["Connection: close"])) connection.send(byte);
    expect(await connection.closed()).toMatch(/\{"slow":true\}$/);
  });
});
