import { describe, expect, test } from "vitest";
import { defineService } from "../../worker-service/service.ts";
import { shopConfig } from "../support/mesh.ts";
import { brokersUnderTest } from "../support/nats.ts";
import { call2019, callNative, meshForSuite } from "./calling.ts";
import { openRaw } from "./raw-connection.ts";
import { type SiteEvents, endlessService, siteService } from "./site.ts";

/** What `/echo/*` answers. */
interface Echo {
  readonly method: string;
  readonly url: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string[]>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

describe.each(brokersUnderTest())("a Hono app as a service, broker: %s", (kind) => {
  const events: SiteEvents = {};
  const plain = defineService("plain", {
    teapot: () => Response.json({ short: true }, { status: 418, headers: { "X-Own": "1" } }),
    made: () => new Response("by hand", { status: 201 }),
    fetch: () => "a function that happens to be named so",
  });
  const config = shopConfig({ site: { fetch: "allow" }, gone: { fetch: "allow" }, default: { default: "allow" } });
  const mesh = meshForSuite({ kind, config, services: [siteService(events), endlessService(events), plain] });

  const base = (): string => `${mesh().url}/v1/http/shop/site`;
  const get = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(base() + path, { redirect: "manual", ...init });
  const echo = async (path: string, init?: RequestInit): Promise<Echo> =>
    (await get(path, init)).json() as Promise<Echo>;

  test("its routes begin behind the service's name, with and without a slash", async () => {
    for (const path of ["", "/"]) {
      const response = await get(path);
      expect([response.status, await response.text()]).toEqual([200, "<h1>Site</h1>"]);
      expect(response.headers.get("Content-Type")).toBe("text/html; charset=UTF-8");
      expect(response.headers.get("X-App")).toBe("site");
    }
    expect(await (await get("/v2/shop/items/7")).json()).toEqual({ id: "7" });
  });

  test.each(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "QUERY"])(
    "%s reaches it with query and body as they were sent",
    async (method) => {
      const body = method === "GET" ? "" : "a=1";
      const seen = await echo("/echo/x?a=1&a=2&b=%26", { method, ...(body !== "" && { body }) });
      expect(seen).toMatchObject({ method, path: "/echo/x", query: { a: ["1", "2"], b: ["&"] }, body });
      expect(seen.url).toBe(`${mesh().url}/echo/x?a=1&a=2&b=%26`);
    },
  );

  test("HEAD is answered with the head alone", async () => {
    const response = await get("/large/5000000", { method: "HEAD" });
    expect([response.status, await response.text(), response.headers.get("X-App")]).toEqual([200, "", "site"]);
  });

  test("it is told where it lives and by which name it was called, whatever the caller says", async () => {
    const { headers } = await echo("/echo/x", {
      headers: { "X-Forwarded-Prefix": "/evil", "X-Forwarded-For": "10.0.0.1" },
    });
    expect(headers).toMatchObject({
      "x-forwarded-prefix": "/v1/http/shop/site",
      "x-forwarded-for": "10.0.0.1",
      host: new URL(mesh().url).host,
    });
  });

  test("its own answers stand: redirects, cookies one by one, errors, nothing found", async () => {
    const login = await get("/login");
    expect([login.status, login.headers.get("Location")]).toEqual([303, "/me?from=login"]);
    expect(login.headers.getSetCookie()).toEqual([
      "session=s1; Path=/; HttpOnly",
      "theme=dark; Path=/",
      "old=; Max-Age=0; Path=/",
    ]);
    expect(await (await get("/cookie", { headers: { Cookie: "a=1; b=2" } })).json()).toEqual({ a: "1", b: "2" });
    const answers = await Promise.all(["/broken", "/teapot", "/nowhere"].map((path) => get(path)));
    expect(await Promise.all(answers.map(async (answer) => [answer.status, await answer.text()]))).toEqual([
      [500, "something broke"],
      [418, "short and stout"],
      [404, "nothing at /nowhere"],
    ]);
  });

  test.each([204, 205, 304, 404, 500])("a response with status %i and no body has none", async (status) => {
    const response = await get(`/status/${status}`);
    expect([response.status, await response.text()]).toEqual([status, ""]);
  });

  test("conditional and range requests are its own business", async () => {
    const first = await get("/tagged");
    const tag = first.headers.get("ETag") ?? "";
    expect(tag).toMatch(/^"/);
    expect((await get("/tagged", { headers: { "If-None-Match": tag } })).status).toBe(304);
    const part = await get("/range", { headers: { Range: "bytes=2-4" } });
    expect([part.status, part.headers.get("Content-Range"), await part.text()]).toEqual([206, "bytes 2-4/10", "234"]);
  });

  test("what the gateway adds does not replace what the app says", async () => {
    const response = await get("/headers/hop", { headers: { "X-Request-Id": "r1" } });
    expect(response.headers.get("Server-Timing")).toMatch(/^db;dur=5, .*total;dur=/);
    expect(response.headers.get("X-Request-Id")).toBe("r1");
  });

  test("fields of one connection and wrong lengths do not come through from the app", async () => {
    await using connection = await openRaw(mesh().url);
    connection.send("GET /v1/http/shop/site/headers/hop HTTP/1.1\r\nHost: gateway\r\n\r\n");
    const received = await connection.until((text) => text.endsWith("four"));
    expect(received).toMatch(/content-length: 4\r\n/i);
    expect(received).not.toMatch(/content-length: 400|x-secret|keep-alive|transfer-encoding|connection: close/i);
  });

  test("field values beyond ASCII come through in both directions", async () => {
    expect((await get("/headers/latin")).headers.get("X-Name")).toBe("caf\u00e9");
    expect((await echo("/echo/x", { headers: { "X-Name": "na\u00efve" } })).headers["x-name"]).toBe("na\u00efve");
  });

  test("forms with files, and bodies far beyond one message, in both directions", async () => {
    const form = new FormData();
    form.set("file", new File(["x".repeat(3000)], "tea.txt", { type: "text/plain" }));
    expect(await (await get("/upload", { method: "POST", body: form })).json()).toMatchObject({
      name: "tea.txt",
      bytes: 3000,
    });
    const response = await get("/large/5000000");
    expect((await response.bytes()).length).toBe(5_000_000);
  });

  test("a body is read while it comes, of unknown length too", async () => {
    let left = 40;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (left-- > 0) controller.enqueue(new Uint8Array(20_000));
        else controller.close();
      },
    });
    expect(await (await get("/count", { method: "POST", body })).json()).toEqual({ bytes: 800_000 });
  });

  test("server-sent events arrive one by one, and leaving ends the app's request", async () => {
    const ended = new Promise<void>((resolve) => (events.onAbort = resolve));
    const leaving = new AbortController();
    const response = await get("/events", { signal: leaving.signal });
    expect(response.headers.get("Content-Type")).toBe("text/event-stream");
    const reader = response.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("event: tick\ndata: 0\nid: 0\n\n");
    leaving.abort();
    await ended;
    expect(await (await get("/events?to=2")).text()).toMatch(/data: 0[^]*data: 1[^]*data: 2/);
  });

  test("a caller who leaves before the answer aborts the request's signal", async () => {
    const ended = new Promise<void>((resolve) => (events.onAbort = resolve));
    await using connection = await openRaw(mesh().url);
    connection.send("GET /v1/http/shop/site/wait HTTP/1.1\r\nHost: gateway\r\nX-Request-Timeout: 60\r\n\r\n");
    connection.reset();
    await expect(ended).resolves.toBeUndefined();
  });

  test("HEAD ends a body that the app writes all the same", async () => {
    const ended = new Promise<void>((resolve) => (events.onAbort = resolve));
    const response = await fetch(`${mesh().url}/v1/http/shop/endless/`, { method: "HEAD" });
    expect([response.status, await response.text()]).toEqual([200, ""]);
    await ended;
  });

  test("a body that breaks off breaks the connection off, and its reason stays hidden", async () => {
    await using connection = await openRaw(mesh().url);
    connection.send("GET /v1/http/shop/site/broken-off HTTP/1.1\r\nHost: gateway\r\n\r\n");
    const received = await connection.closed();
    expect(received).toContain("the beginning");
    expect(received).not.toMatch(/hunter2|\r\n0\r\n\r\n$/);
  });

  test("a call that runs out of time is answered by the gateway", async () => {
    const response = await get("/wait", { headers: { "X-Request-Timeout": "0.05" } });
    expect([response.status, await response.json()]).toMatchObject([504, { code: "deadline_exceeded" }]);
  });

  test("header fields of a size that only just passes the gateway reach it; its own may be larger still", async () => {
    expect((await echo("/echo/x", { headers: { "X-Large": "\u00e9".repeat(6000) } })).headers["x-large"]).toHaveLength(
      6000,
    );
    expect((await get("/headers/many/12000")).headers.get("X-Large")).toHaveLength(12_000);
  });

  test("a service that is away, or that nobody knows, is a problem document", async () => {
    const statusOf = async (service: string): Promise<unknown> => {
      const response = await fetch(`${mesh().url}/v1/http/shop/${service}/`);
      return [response.status, ((await response.json()) as { code: string }).code];
    };
    expect(await statusOf("gone")).toEqual([503, "worker_unavailable"]);
    expect(await statusOf("nobody")).toEqual([404, "function_not_found"]);
    expect(await statusOf("a.b")).toEqual([400, "invalid_request"]);
  });

  test("WebSockets are refused, in words; other offers of an upgrade are left unanswered", async () => {
    const upgrade = async (to: string): Promise<string> => {
      await using connection = await openRaw(mesh().url);
      const lines = [
        "GET /v1/http/shop/site/ HTTP/1.1",
        "Host: gateway",
        "Connection: Upgrade",
        `Upgrade: ${to}`,
        "",
        "",
      ];
      connection.send(lines.join("\r\n"));
      return await connection.until((text) => /mesh carries no WebSockets|Site/.test(text));
    };
    expect(await upgrade("websocket")).toMatch(/^HTTP\/1\.1 501 /);
    expect(await upgrade("h2c")).toMatch(/^HTTP\/1\.1 200 /);
  });

  test.each(["TRACE", "CONNECT"])("%s is refused", async (method) => {
    await using connection = await openRaw(mesh().url);
    connection.send(`${method} /v1/http/shop/site/ HTTP/1.1\r\nHost: gateway\r\n\r\n`);
    expect(await connection.until((text) => text.includes("\r\n\r\n"))).toMatch(/^HTTP\/1\.1 405 /);
  });

  test("a function that returns a Response answers with it", async () => {
    const response = await callNative(mesh(), "plain/teapot", { body: "{}" });
    expect([response.status, response.headers.get("X-Own"), await response.json()]).toEqual([
      418,
      "1",
      { short: true },
    ]);
  });

  test("on the path of 2019 it is a result, or an error", async () => {
    const failed = await call2019(mesh(), "plain/teapot", { body: "{}" });
    expect([failed.status, await failed.json()]).toEqual([500, { error: "the function answered with status 418" }]);
    const result = await call2019(mesh(), "plain/made", { body: "{}" });
    expect([result.status, await result.json()]).toEqual([200, { result: "by hand" }]);
  });

  test("what the rule saw as params is no request, and the other way round", async () => {
    const asCall = await callNative(mesh(), "site/fetch", { body: '{"method":"GET","path":"/"}' });
    expect([asCall.status, await asCall.text()]).toEqual([400, expect.stringContaining("/v1/http/")]);
    const asRequest = await fetch(`${mesh().url}/v1/http/shop/plain/`, { method: "POST", body: "{}" });
    expect([asRequest.status, await asRequest.text()]).toEqual([400, expect.stringContaining("/v1/call/")]);
    expect(await (await callNative(mesh(), "plain/fetch", { body: "{}" })).json()).toMatch(/named so/);
  });

  test.each(["", "{}", '{"status":200}', '{"status":99,"headers":[]}', '{"status":200,"headers":[["a b","c"]]}'])(
    "a foreign worker's response that is none, %j, is a bad reply",
    async (head) => {
      const foreign = mesh().workers.subscribe("fn.shop.foreign.fetch", { queue: "q" }, (message) =>
        message.reply({ payload: new Uint8Array(0), headers: { "Fmesh-Http-Response": head } }),
      );
      await mesh().workers.flush();
      const response = await fetch(`${mesh().url}/v1/http/shop/foreign/`);
      expect([response.status, await response.json()]).toMatchObject([502, { code: "bad_reply" }]);
      await foreign.drain();
    },
  );
});
