import { beforeAll, describe, expect, test } from "vitest";
import type { Broker } from "../../mesh/broker.ts";
import { shopConfig } from "../support/mesh.ts";
import { brokersUnderTest } from "../support/nats.ts";
import { callNative, call2019, meshForSuite } from "./calling.ts";
import { probe } from "./probe.ts";
import { openRaw, rawCall } from "./raw-connection.ts";

/** Service names as they stand in a path. What `fetch` would tidy up is written into a socket. */
const HOSTILE = [
  "pro.be",
  "pro%2Ebe",
  "*",
  "%2a",
  ">",
  "%3E",
  "probe%20",
  "probe.%3E",
  "%24SRV.PING",
  "probe%0d%0aPUB%20fn.shop.probe.echo%201",
  "probe%0A",
  "probe%00",
  "probe%2Fecho",
  "%2e%2e%2fprobe",
  "prob%C3%A9",
  "%F0%9F%92%A9",
  "pr%EF%BC%AEobe",
  "probe%zz",
  "probe%",
  "probe%ff",
  "%22probe%22",
  "%7B%7D",
  "p".repeat(65),
  "p".repeat(10_000),
];

/** Good names that mean something to the language the gateway is written in. */
const INHERITED = ["__proto__", "constructor", "toString", "hasOwnProperty", "prototype", "valueOf"];

describe.each(brokersUnderTest())("hostile names, broker: %s", (kind) => {
  const mesh = meshForSuite({ kind, config: shopConfig({ default: { default: "allow" } }), services: [probe] });
  const subjects: string[] = [];
  let tap: Broker;

  beforeAll(async () => {
    tap = await mesh().connect();
    tap.subscribe(">", {}, ({ subject }) => subjects.push(subject));
    await tap.flush();
  });

  /** The functions called since the last look, up to a call made now. */
  async function calledSince(): Promise<string[]> {
    await callNative(mesh(), "probe/echo", { body: "1" });
    await tap.flush();
    return subjects.splice(0).filter((subject) => !subject.startsWith("_INBOX.") && subject !== "fn.shop.probe.echo");
  }

  test.each(HOSTILE)("%s never reaches a subject", async (name) => {
    for (const path of [
      `/v1/call/${name}/probe/echo`,
      `/v1/call/shop/${name}/echo`,
      `/v1/call/shop/probe/${name}`,
      `/v1/api/${name}/functions/probe/echo`,
      `/v1/api/shop/functions/${name}/echo`,
      `/v1/api/shop/functions/probe/${name}`,
    ]) {
      expect(await callRaw(mesh().url, path)).toMatch(/^HTTP\/1\.1 400 /);
    }
    expect(await calledSince()).toEqual([]);
  });

  test.each(["..", "%2e%2e", ".%2e", ".", "%2E"])("the path segment %s is resolved as in any URL", async (name) => {
    for (const path of [`/v1/call/shop/${name}/probe/echo`, `/v1/call/shop/probe/${name}`]) {
      const target = new URL(path, mesh().url).pathname;
      expect(await callRaw(mesh().url, path)).toMatch(
        target === "/v1/call/shop/probe/echo" ? /^HTTP\/1\.1 200 / : /^HTTP\/1\.1 404 /,
      );
    }
    expect(await calledSince()).toEqual([]);
  });
});

describe.each(brokersUnderTest())("good names, broker: %s", (kind) => {
  const mesh = meshForSuite({ kind, config: shopConfig({ default: { default: "allow" } }), services: [probe] });

  test.each(INHERITED)("%s is a name like any other, and nobody's", async (name) => {
    expect((await callNative(mesh(), `probe/${name}`, { body: "1" })).status).toBe(404);
    expect((await callNative(mesh(), `${name}/echo`, { body: "1" })).status).toBe(404);
    expect(await callRaw(mesh().url, `/v1/call/${name}/probe/echo`)).toMatch(/^HTTP\/1\.1 403 /);
  });

  test("percent escapes are read before anything else", async () => {
    const response = await fetch(`${mesh().url}/v1/call/sh%6Fp/%70robe/ech%6f`, { method: "POST", body: "1" });
    expect(await response.text()).toBe("1");
    expect(await (await call2019(mesh(), "prob%65/%65cho", { body: '{"params":2}' })).text()).toBe('{"result":2}');
  });

  test("a name of 64 letters is good", async () => {
    expect((await callNative(mesh(), `probe/${"p".repeat(64)}`, { body: "1" })).status).toBe(404);
  });

  test("a long name is not repeated at length to whoever sent it", async () => {
    expect((await callRaw(mesh().url, `/v1/call/shop/probe/${"p".repeat(10_000)}`)).length).toBeLessThan(2_000);
  });
});

describe("names where nothing is allowed unless it is configured", () => {
  const mesh = meshForSuite({
    kind: "embedded",
    config: shopConfig({ probe: { echo: "allow" } }),
    services: [probe],
  });

  test.each(INHERITED)("no rule is found under %s", async (name) => {
    for (const path of [`probe/${name}`, `${name}/echo`, `${name}/${name}`]) {
      expect((await callNative(mesh(), path, { body: "1" })).status).toBe(403);
      expect((await call2019(mesh(), path, { body: "{}" })).status).toBe(403);
    }
  });
});

async function callRaw(url: string, path: string): Promise<string> {
  await using connection = await openRaw(url);
  connection.send(rawCall(path, "{}", ["Connection: close"]));
  return await connection.closed();
}
