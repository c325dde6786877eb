import { beforeAll, describe, expect, test } from "vitest";
import { shopConfig } from "../support/mesh.ts";
import { brokersUnderTest } from "../support/nats.ts";
import { call2019, meshForSuite } from "./calling.ts";
import { probe } from "./probe.ts";

const JSON_UTF8 = "application/json; charset=utf-8";

describe.each(brokersUnderTest())("the path of 2019, broker: %s", (kind) => {
  const mesh = meshForSuite({ kind, config: shopConfig({ default: { default: "allow" } }), services: [probe] });
  const bodyOf = async (name: string, body?: string): Promise<string> =>
    (await call2019(mesh(), name, body === undefined ? {} : { body })).text();

  /** A worker in another language, which writes its JSON its own way. */
  beforeAll(() => {
    mesh().workers.subscribe("fn.shop.foreign.mirror", { queue: "q" }, (message) =>
      message.reply({ payload: message.payload, headers: {} }),
    );
    mesh().workers.subscribe("fn.shop.foreign.greeting", { queue: "q" }, (message) =>
      message.reply({ payload: new TextEncoder().encode('say "hi"'), headers: { "Content-Type": "text/plain" } }),
    );
    return mesh().workers.flush();
  });

  test.each(['{"sum":30}', "[1,[2],{}]", '"text \\u0001"', "7.5", "true", "null", '""', "0", "false"])(
    "the result %s is wrapped byte for byte",
    async (value) => {
      expect(await bodyOf("foreign/mirror", `{"timeout":5000,"params":${value}}`)).toBe(`{"result":${value}}`);
    },
  );

  test("numbers beyond a double's precision and escapes reach the function as they were written", async () => {
    const params = String.raw`{"id":12345678901234567890,"e":"\u00e9\/","__proto__":1e400}`;
    expect(await bodyOf("foreign/mirror", `{"params":${params}}`)).toBe(`{"result":${params}}`);
  });

  test.each([
    ['{"params":1,"params":2}', "2"],
    [String.raw`{"p\u0061rams":3}`, "3"],
    ['{"timeout":5000 , "params" : [ 4 , "}," ] }', '[ 4 , "}," ]'],
    ['{"x":{"params":5},"y":"\\"params\\":6"}', "null"],
    [' \n{"y":["params",{}],"params":"\\\\"}\n', '"\\\\"'],
    ['\uFEFF{"params":7}', "7"],
  ])("out of the body %s the params are taken", async (body, params) => {
    expect(await bodyOf("foreign/mirror", body)).toBe(`{"result":${params}}`);
  });

  test.each([undefined, "{}", '{"timeout":5000}'])("with the body %s the params are null", async (body) => {
    expect(await bodyOf("foreign/mirror", body)).toBe('{"result":null}');
  });

  test("a function that returns nothing has the result null", async () => {
    const response = await call2019(mesh(), "probe/nothing", { body: '{"params":{}}' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('{"result":null}');
  });

  test.each([
    ["text", '{"result":"naïve ✓"}'],
    ["list", '{"result":[1,"two",null]}'],
  ])("what the function %s returns is wrapped", async (name, body) => {
    const response = await call2019(mesh(), `probe/${name}`, { body: "{}" });
    expect(response.headers.get("Content-Type")).toBe(JSON_UTF8);
    expect(await response.text()).toBe(body);
  });

  test("text that a worker sends as text becomes a JSON string", async () => {
    expect(await bodyOf("foreign/greeting")).toBe(String.raw`{"result":"say \"hi\""}`);
  });

  test("bytes cannot be carried, and the answer says where they can", async () => {
    const response = await call2019(mesh(), "probe/bytes");
    expect(response.status).toBe(500);
    expect(await response.text()).toContain("/v1/call/");
  });

  test.each(["text/plain;charset=UTF-8", "application/json", "application/x-www-form-urlencoded", "nonsense"])(
    "the body is JSON though it says %s",
    async (type) => {
      const headers = { "Content-Type": type };
      const response = await call2019(mesh(), "probe/echo", { body: '{"params":{"num1":10}}', headers });
      expect(await response.text()).toBe('{"result":{"num1":10}}');
    },
  );

  test.each(["[]", "[1]", "null", '"text"', "7", "true", "{", '{"params":}', "{} {}", " "])(
    "the body %j is a bad request",
    async (body) => {
      const response = await call2019(mesh(), "probe/echo", { body });
      expect(response.status).toBe(400);
      expect(await response.json()).toEqual({ error: expect.any(String) });
    },
  );

  test("a body that is not UTF-8 is a bad request", async () => {
    const response = await call2019(mesh(), "probe/echo", { body: Uint8Array.of(0x7b, 0xff, 0x7d) });
    expect(response.status).toBe(400);
  });

  test("params nested very deep reach the function as they were written", async () => {
    const params = "[".repeat(400_000) + "]".repeat(400_000);
    expect((await bodyOf("foreign/mirror", `{"params":${params}}`)).length).toBe(params.length + '{"result":}'.length);
  });

  test.each(["GET", "PUT", "DELETE"])("%s is not allowed", async (method) => {
    const response = await call2019(mesh(), "probe/echo", { method });
    expect(response.status).toBe(405);
    expect(await response.json()).toEqual({ error: expect.any(String) });
  });

  test.each(["/v1/api/shop/functions/probe", "/v1/api/shop/crud/mongo/users/read", "/v1/api/"])(
    "there is nothing at %s, said in JSON",
    async (path) => {
      const response = await fetch(mesh().url + path, { method: "POST", body: "{}" });
      expect(response.status).toBe(404);
      expect(response.headers.get("Content-Type")).toBe(JSON_UTF8);
      expect(await response.json()).toEqual({ error: expect.any(String) });
    },
  );
});
