import * as fc from "fast-check";
import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  HTTP_HEADERS,
  type HttpRequestHead,
  decodeRequestHead,
  decodeResponseHead,
  encodeHead,
  endToEnd,
} from "../../mesh/http.ts";
import { host } from "../../worker-service/host.ts";
import { silentLog } from "../../mesh/log.ts";
import { defineService } from "../../worker-service/service.ts";
import type { Context } from "../../worker-service/context.ts";
import { errorOf } from "../mesh/error-of.ts";
import { brokersUnderTest } from "../support/nats.ts";
import { PROJECT, type ServiceMesh, openServiceMesh } from "./service-mesh.ts";

const text = fc.string({ unit: "binary" });
const fields = fc.array(fc.tuple(text, text), { maxLength: 5 });

describe("heads", () => {
  test("of requests and responses come back as they were, from ASCII without line breaks", () => {
    fc.assert(
      fc.property(text, text, fc.integer({ min: 200, max: 599 }), fields, (method, url, status, headers) => {
        for (const encoded of [encodeHead({ method, url, headers }), encodeHead({ status, headers })]) {
          expect(encoded).toMatch(/^[\x20-\x7e]*$/);
        }
        expect(decodeRequestHead(encodeHead({ method, url, headers }))).toEqual({ method, url, headers });
        expect(decodeResponseHead(encodeHead({ status, headers }))).toEqual({ status, headers });
      }),
    );
  });

  test("whatever else stands there is refused, and nothing else happens", () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.json()), (head) => {
        expect(() => decodeRequestHead(head)).toThrow(/is not the head of an HTTP request/);
        expect(() => decodeResponseHead(head)).toThrow(/is not the head of an HTTP response/);
      }),
    );
  });

  test.each([100, 101, 199, 600, 200.5, "200"])("a response has no status %j", (status) => {
    expect(() => decodeResponseHead(JSON.stringify({ status, headers: [] }))).toThrow(/is not the head/);
  });

  test("fields of one connection stay behind, also those that it names itself", () => {
    const headers = new Headers([
      ["Connection", "close, X-Mine , Cookie"],
      ["X-Mine", "1"],
      ["Cookie", "a=1"],
      ["Transfer-Encoding", "chunked"],
      ["Upgrade", "h2c"],
      ["Set-Cookie", "a=1"],
      ["Set-Cookie", "b=2"],
      ["X-Other", "2"],
    ]);
    expect(endToEnd(headers, ["x-other"])).toEqual([
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
    ]);
  });
});

describe.each(brokersUnderTest())("fetch handlers behind the broker: %s", (kind) => {
  let mesh: ServiceMesh;
  const app = new Hono<{ Bindings: Context }>()
    .post("/echo", async (c) => c.json({ type: c.req.header("Content-Type") ?? null, text: await c.req.text() }, 201))
    .get("/headers", (c) => c.json(c.req.header()))
    .get("/who", (c) => c.json(c.env.claims))
    .get("/large", (c) => c.body("x".repeat(3_000_000)));

  beforeAll(async () => {
    mesh = await openServiceMesh(kind);
    const serve = async (name: string, handler: (request: Request, context: Context) => unknown): Promise<void> => {
      const definition = defineService(name, handler as () => Response);
      await host(definition, { broker: await mesh.link.connect(), project: PROJECT, log: silentLog });
    };
    await serve("site", app.fetch);
    await serve("mistaken", () => "no response");
    await serve("used", async () => {
      const response = new Response("x");
      await response.text();
      return response;
    });
    await serve("proxy", ({ url }) => fetch(url));
    await serve("untyped", ({ url }) => {
      if (url.endsWith("text")) return new Response("na\u00efve");
      if (url.endsWith("bytes")) return new Response(Uint8Array.of(255, 0));
      if (url.endsWith("nothing")) return new Response(null);
      return new Response(new ReadableStream({ pull: async (to) => (await Bun.sleep(5), to.close()) }));
    });
    await mesh.host("front", {
      who: async (_params: unknown, context: Context) => {
        const response = await context.call("site", "fetch", new Request("http://site/who"));
        return response instanceof Response ? ((await response.json()) as unknown) : "something else";
      },
      bytes: async (request: unknown) => request,
      refusal: () => Response.json({ left: 3 }, { status: 409, headers: { "Retry-After": "7" } }),
      problem: () => {
        const problem = { code: "function_failed", detail: "sold out", reason: "sold_out", data: { left: 0 } };
        return Response.json(problem, { status: 410 });
      },
      response: () => new Response("made by hand", { status: 202, headers: { "X-Own": "1" } }),
    });
  });
  afterAll(() => mesh[Symbol.asyncDispose]());

  const send = (head: Partial<HttpRequestHead>, payload = "") =>
    mesh.send("site", "fetch", payload, {
      [HTTP_HEADERS.request]: JSON.stringify({ method: "GET", url: "http://site/", headers: [], ...head }),
    });
  const request = (path: string, init?: RequestInit): Promise<unknown> =>
    mesh.call("site", "fetch", new Request(`http://site${path}`, init));

  test("a call with a Request is answered with a Response: status, fields and body", async () => {
    const response = (await request("/echo", {
      method: "POST",
      body: "tea",
      headers: { "Content-Type": "text/x" },
    })) as Response;
    expect(response).toBeInstanceOf(Response);
    expect([response.status, response.headers.get("Content-Type")]).toEqual([201, "application/json"]);
    expect(await response.json()).toEqual({ type: "text/x", text: "tea" });
    const nowhere = (await request("/nowhere")) as Response;
    expect([nowhere.status, await nowhere.text()]).toEqual([404, "404 Not Found"]);
  });

  test("bodies of any size go both ways", async () => {
    const body = "x".repeat(3_000_000);
    const echoed = (await request("/echo", { method: "POST", body })) as Response;
    expect(((await echoed.json()) as { text: string }).text.length).toBe(body.length);
    expect((await ((await request("/large")) as Response).text()).length).toBe(3_000_000);
  });

  test("a handler that calls one does so in its caller's name", async () => {
    expect(await mesh.call("front", "who", undefined, { claimsJson: '{"id":"u1"}' })).toEqual({ id: "u1" });
  });

  test("a caller without call id gets its response in one message", async () => {
    const { httpHead, payload, contentType } = await send({ method: "POST", url: "http://site/echo" }, "tea");
    expect(decodeResponseHead(httpHead ?? "")).toMatchObject({ status: 201 });
    expect([contentType, new TextDecoder().decode(payload)]).toEqual([
      "application/json",
      '{"type":null,"text":"tea"}',
    ]);
  });

  test("the trace and the request id that the app sees are the call's", async () => {
    const head = {
      method: "GET",
      url: "http://site/headers",
      headers: [
        ["traceparent", "old"],
        ["baggage", "old"],
        ["X-Request-Id", "two words"],
      ],
    };
    const { payload } = await mesh.send("site", "fetch", "", {
      [HTTP_HEADERS.request]: JSON.stringify(head),
      traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    });
    expect(JSON.parse(new TextDecoder().decode(payload))).toEqual({
      traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    });
  });

  test("a GET with a body is a GET", async () => {
    const { httpHead } = await send({ url: "http://site/who" }, "body");
    expect(decodeResponseHead(httpHead ?? "").status).toBe(200);
  });

  test.each<Partial<HttpRequestHead>>([
    { method: "a b" },
    { method: "get" },
    { method: "" },
    { url: "/relative" },
    { headers: [["a b", "c"]] },
    { headers: [["a", "b\r\nc: d"]] },
  ])("%j is no valid request", async (head) => {
    expect(await errorOf(send(head))).toMatchObject({ code: "invalid_request", status: 400 });
  });

  test("a call without a request is not taken for one, nor a request for params", async () => {
    expect(await errorOf(mesh.call("site", "fetch", { method: "GET", path: "/" }))).toMatchObject({
      code: "invalid_request",
      message: expect.stringContaining("/v1/http/"),
    });
    expect(await errorOf(mesh.call("front", "bytes", new Request("http://front/")))).toMatchObject({
      code: "invalid_request",
      message: expect.stringContaining("/v1/call/"),
    });
  });

  test.each(["mistaken", "used"])("a handler that returns no usable Response (%s) has failed", async (name) => {
    expect(await errorOf(mesh.call(name, "fetch", new Request("http://x/")))).toMatchObject({
      code: "function_failed",
    });
  });

  test("a response without a content type is text where it is one", async () => {
    const typeOf = async (name: string): Promise<string | null> => {
      const response = (await mesh.call("untyped", "fetch", new Request(`http://untyped/${name}`))) as Response;
      return response.headers.get("Content-Type");
    };
    expect(await typeOf("text")).toMatch(/^text\/plain;charset=UTF-8$/i);
    expect([await typeOf("bytes"), await typeOf("stream"), await typeOf("nothing")]).toEqual([null, null, null]);
  });

  test("what a handler has fetched elsewhere is passed on decoded, and says so", async () => {
    const gzip = { "Content-Encoding": "gzip", "Content-Type": "text/x" };
    using upstream = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: () => new Response(Bun.gzipSync("from upstream"), { headers: gzip }),
    });
    const response = (await mesh.call("proxy", "fetch", new Request(upstream.url))) as Response;
    const { headers } = response;
    expect([headers.get("Content-Type"), headers.get("Content-Encoding")]).toEqual(["text/x", null]);
    expect(await response.text()).toBe("from upstream");
  });

  test("a plain function may make its Response by hand; who calls it gets what is in it", async () => {
    expect(await mesh.call("front", "response")).toBe("made by hand");
    expect(await errorOf(mesh.call("front", "refusal"))).toMatchObject({
      code: "function_failed",
      status: 409,
      message: "the function answered with status 409",
      retryAfterSeconds: 7,
    });
    const soldOut = { code: "function_failed", message: "sold out", reason: "sold_out", data: { left: 0 } };
    expect(await errorOf(mesh.call("front", "problem"))).toMatchObject(soldOut);
    const { httpHead } = await mesh.send("front", "response", "");
    expect(decodeResponseHead(httpHead ?? "")).toMatchObject({
      status: 202,
      headers: expect.arrayContaining([["x-own", "1"]]),
    });
  });
});
