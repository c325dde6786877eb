import { describe, expect, test } from "vitest";
import { shopConfig } from "../support/mesh.ts";
import { meshForSuite } from "./calling.ts";
import { probe } from "./probe.ts";
import { openRaw, rawCall, unchunked } from "./raw-connection.ts";
import { PATHS_2019, ask } from "./space-cloud-paths.ts";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"];
const JSON_UTF8 = "application/json; charset=utf-8";

const mesh = meshForSuite({
  kind: "embedded",
  config: shopConfig({ default: { default: "allow" } }),
  services: [probe],
});

/** Sends what no `fetch` would send, and gives status and body as JSON. */
async function askRaw(request: string | Uint8Array): Promise<{ status: number; data: unknown }> {
  await using connection = await openRaw(mesh().url);
  connection.send(request);
  const received = await connection.until((text) => /\r\n\r\n[\s\S]*\}(?:\r\n0\r\n\r\n)?$/.test(text));
  const body = /transfer-encoding: chunked/i.test(received) ? unchunked(received) : received.split("\r\n\r\n")[1];
  return { status: Number(received.slice(9, 12)), data: JSON.parse(body ?? "") };
}

const callRaw = (path: string) => askRaw(rawCall(path, "{}", ["Connection: close"]));

describe("eventing", () => {
  test.each([
    "/v1/api/shop/eventing/queue",
    "/v1/api/shop/event-triggers/queue",
    "/v1/api/shop/eventing",
    "/v1/api/shop/eventing/queue/a/b?c=d",
    "/v1/api/nobody/eventing/queue",
    "/v1/api/sh%20op/event%2Dtriggers/queue",
  ])("is not enabled at %s, whatever the method", async (path) => {
    for (const method of METHODS) {
      const answer = await ask(mesh().url + path, { method });
      expect({ method, ...answer }).toEqual({ method, status: 404, data: { error: "This feature isn't enabled" } });
    }
  });

  test("is not enabled for an event of 0.19 either, with a token and a body", async () => {
    const body = '{"type":"welcome","delay":0,"timestamp":"2020-01-01T00:00:00Z","payload":{},"options":{}}';
    const headers = { Authorization: `Bearer ${await mesh().token()}` };
    const answer = await ask(`${mesh().url}/v1/api/shop/eventing/queue`, { body, headers });
    expect(answer).toEqual({ status: 404, data: { error: "This feature isn't enabled" } });
  });

  test("may be the name of a service, and of a function", async () => {
    const answer = await ask(`${mesh().url}/v1/api/shop/functions/eventing/queue`, { body: "{}" });
    expect(answer).toEqual({ status: 500, data: { error: expect.stringContaining('"eventing.queue"') } });
  });
});

describe("what is not there", () => {
  test.each([
    "/v1/api",
    "/v1/api/",
    "/v1/api/shop",
    "/v1/api/shop/",
    "/v1/api/shop/functions",
    "/v1/api/shop/functions/probe",
    "/v1/api/shop/functions/probe/",
    "/v1/api/shop/functions/probe/echo/",
    "/v1/api/shop/functions/probe/echo/more",
    "/v1/api/shop/services/probe/a/b",
    "/v1/api//functions/probe/echo",
    "/v1/api/shop/functions//echo",
    "/v1/api/functions/probe",
    "/v1/api/functions/probe/",
    "/v1/api/faas/probe/echo/more",
    "/v1/api/shop/Functions/probe/echo",
    "/v1/api/shop/crud/mongo/users/read",
    "/v1/api/shop/auth/mongo/signin",
    "/v1/api/shop/files",
    "/v1/%61pi/nothing",
    "/v1/api/%00",
    "/v1/api/%",
    "/v1/api/%ff/%zz",
    `/v1/api/${"x".repeat(8_000)}`,
  ])("is said in JSON, at %s", async (path) => {
    for (const method of METHODS) {
      const response = await fetch(mesh().url + path, { method });
      expect([response.status, response.headers.get("Content-Type")]).toEqual([404, JSON_UTF8]);
      const { error } = (await response.json()) as { error: string };
      expect(error).toContain("/v1/api/:project/functions/:service/:function");
      expect(error.length).toBeLessThan(300);
    }
  });

  test.each(METHODS)("is said to a browser's page, too: %s", async (method) => {
    const headers = { Origin: "https://app.example.com" };
    expect(await ask(`${mesh().url}/v1/api/shop/crud`, { method, headers })).toMatchObject({ status: 404 });
  });

  test("is said to HEAD by the status alone", async () => {
    for (const [path, status] of [
      ["/v1/api/nothing", 404],
      ["/v1/api/shop/functions/probe/echo", 405],
      ["/v1/api/shop/eventing/queue", 404],
    ] as const) {
      const response = await fetch(mesh().url + path, { method: "HEAD" });
      expect([response.status, await response.text()]).toEqual([status, ""]);
    }
  });

  test("is a problem document elsewhere", async () => {
    for (const path of ["/v1/apis", "/v1/functions/probe/echo", "/v2/api/x"]) {
      const response = await fetch(mesh().url + path, { method: "POST" });
      expect([response.status, response.headers.get("Content-Type")]).toEqual([404, "application/problem+json"]);
    }
  });
});

describe.each(PATHS_2019)("what the clients of %s would never send, at %s", (_clients, path) => {
  test.each([
    ["letters without escapes", "pröbe/echo"],
    ["quotes", '"probe"/echo'],
    ["a backslash", "pro\\be/echo"],
    ["braces", "{probe}/echo"],
    ["escaped line ends", "probe%0d%0aPUB%20x/echo"],
    ["an escaped NUL", "probe/ec%00ho"],
    ["overlong UTF-8", "probe/%c0%af"],
    ["an escape of an escape", "%2570robe/echo"],
    ["subjects", "probe.*/>"],
    ["dots", "../../../../../probe/echo"],
    ["escaped dots", "%2e%2e/%2e%2e/echo"],
    ["nothing", "/"],
    ["a name of 6 KB", `probe/${"p".repeat(6_000)}`],
  ])("%s: answered in JSON, and not with success", async (_what, name) => {
    const { status, data } = await callRaw(`${path}/${name}`);
    expect([400, 404]).toContain(status);
    expect(JSON.stringify(data).length).toBeLessThan(500);
  });

  test("bytes that are no UTF-8: answered in JSON, and not with success", async () => {
    const request = rawCall(`${path}/pröbe/echo`, "{}", ["Connection: close"]);
    expect([400, 404]).toContain((await askRaw(Buffer.from(request, "latin1"))).status);
  });

  test("a body of a terabyte is refused before it comes, in JSON", async () => {
    const head = [`POST ${path}/probe/echo HTTP/1.1`, "Host: gateway", "Content-Length: 1000000000000", "", "{"];
    const answer = await askRaw(head.join("\r\n"));
    expect(answer).toEqual({ status: 413, data: { error: expect.stringContaining("bytes") } });
  });

  test("a body in chunks, a byte each, is one body", async () => {
    const body = '{"params":[1,2]}';
    const chunks = body
      .split("")
      .map((byte) => `1\r\n${byte}\r\n`)
      .join("");
    const head = [`POST ${path}/probe/echo HTTP/1.1`, "Host: gateway", "Transfer-Encoding: chunked", "", chunks];
    expect(await askRaw(`${head.join("\r\n")}0\r\n\r\n`)).toEqual({ status: 200, data: { result: [1, 2] } });
  });
});
