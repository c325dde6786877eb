import { beforeAll, describe, expect, test } from "vitest";
import { shopConfig } from "../support/mesh.ts";
import { brokersUnderTest } from "../support/nats.ts";
import { callNative, meshForSuite } from "./calling.ts";
import { probe } from "./probe.ts";

describe.each(brokersUnderTest())("the native path, broker: %s", (kind) => {
  const mesh = meshForSuite({ kind, config: shopConfig({ default: { default: "allow" } }), services: [probe] });

  /** A worker in another language: says what it likes, in any content type. */
  beforeAll(() => {
    mesh().workers.subscribe("fn.shop.foreign.mirror", { queue: "q" }, (message) =>
      message.reply({ payload: message.payload, headers: { "Content-Type": message.headers["Content-Type"] ?? "" } }),
    );
    mesh().workers.subscribe("fn.shop.foreign.untyped", { queue: "q" }, (message) =>
      message.reply({ payload: message.payload, headers: {} }),
    );
    mesh().workers.subscribe("fn.shop.foreign.hostile", { queue: "q" }, (message) =>
      message.reply({ payload: message.payload, headers: { "Content-Type": "text/\u0000✓" } }),
    );
    return mesh().workers.flush();
  });

  test.each(['{"num1":10,"num2":20}', '"text"', "[1,2]", "7", "null", "true", "{}"])(
    "the body %s is the params, and the result is the body",
    async (body) => {
      const response = await callNative(mesh(), "probe/echo", { body });
      expect(response.status).toBe(200);
      expect(response.headers.get("Content-Type")).toBe("application/json");
      expect(await response.text()).toBe(body);
    },
  );

  test("a function that returns nothing answers 204 without a body", async () => {
    const response = await callNative(mesh(), "probe/nothing", { body: "{}" });
    expect(response.status).toBe(204);
    expect(response.headers.get("Content-Type")).toBeNull();
    expect(await response.text()).toBe("");
  });

  test("an empty body is no params", async () => {
    const response = await callNative(mesh(), "probe/kind");
    expect(await response.json()).toBe("undefined");
  });

  test.each([
    ["text/plain;charset=utf-8", "string"],
    ["application/json", "number"],
    ["application/vnd.shop+json", "number"],
    ["application/x-www-form-urlencoded", "object"],
    ["application/octet-stream", "1 bytes"],
  ])("a body of %s reaches the handler as %s", async (type, kindOfParams) => {
    const response = await callNative(mesh(), "probe/kind", { body: "7", headers: { "Content-Type": type } });
    expect(await response.json()).toBe(kindOfParams);
  });

  test("bytes a handler returns go out as they are", async () => {
    const response = await callNative(mesh(), "probe/bytes");
    expect(response.headers.get("Content-Type")).toBe("application/octet-stream");
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0, 255, 13, 10, 0]);
  });

  test.each(["image/png", "text/plain;charset=iso-8859-1", "application/x-anything; v=1"])(
    "bytes of %s pass through untouched, both ways",
    async (type) => {
      const body = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 31) % 256);
      const response = await callNative(mesh(), "foreign/mirror", { body, headers: { "Content-Type": type } });
      expect(response.headers.get("Content-Type")).toBe(type);
      expect(Buffer.compare(Buffer.from(await response.arrayBuffer()), Buffer.from(body))).toBe(0);
    },
  );

  test("numbers beyond a double's precision pass through untouched", async () => {
    const body = '{"id":12345678901234567890,"tiny":1e-400}';
    const response = await callNative(mesh(), "foreign/untyped", { body });
    expect(response.headers.get("Content-Type")).toBe("application/json");
    expect(await response.text()).toBe(body);
  });

  test("a reply whose content type cannot stand in a header is a bad reply", async () => {
    const response = await callNative(mesh(), "foreign/hostile", { body: "1" });
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ code: "bad_reply" });
  });

  test("the largest body allowed passes, with a result as large", async () => {
    const body = `"${"x".repeat(999_998)}"`;
    const response = await callNative(mesh(), "probe/echo", { body });
    expect(await response.text()).toBe(body);
  });

  test("JSON that is none is a bad request, said by whoever has to read it", async () => {
    const response = await callNative(mesh(), "probe/echo", { body: '{"a":' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "invalid_request" });
  });

  test.each(["GET", "PUT", "DELETE", "PATCH"])("%s is not allowed, and the answer says what is", async (method) => {
    const response = await callNative(mesh(), "probe/echo", { method });
    expect(response.status).toBe(405);
    expect(response.headers.get("Allow")).toBe("POST, OPTIONS");
    expect(await response.json()).toMatchObject({ status: 405, code: "invalid_request" });
  });

  test.each(["/", "/v1", "/v1/call/shop/probe", "/v1/call/shop/probe/echo/more", "/V1/call/shop/probe/echo"])(
    "there is nothing at %s",
    async (path) => {
      const response = await fetch(mesh().url + path, { method: "POST", body: "{}" });
      expect(response.status).toBe(404);
      expect(response.headers.get("Content-Type")).toBe("application/problem+json");
      expect(await response.json()).toMatchObject({ code: "function_not_found", status: 404 });
    },
  );
});
