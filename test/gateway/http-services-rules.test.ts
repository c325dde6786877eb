import { describe, expect, test } from "vitest";
import { shopConfig } from "../support/mesh.ts";
import { callNative, meshForSuite } from "./calling.ts";
import { openRaw } from "./raw-connection.ts";
import { siteService } from "./site.ts";

const match = (eval_: string, f1: string, f2: unknown, type = "string") => ({
  rule: "match",
  type,
  eval: eval_,
  f1,
  f2,
});
const and = (...clauses: unknown[]) => ({ rule: "and", clauses });
const or = (...clauses: unknown[]) => ({ rule: "or", clauses });

/** Everybody with a token may read what is not internal; staff may do everything. */
const readers = or(
  match("==", "args.auth.role", "staff"),
  and(
    match("in", "args.params.method", ["GET", "HEAD"]),
    match("notIn", "args.params.path", ["/staff", "/v2/shop"], "path"),
  ),
);

interface Echo {
  readonly path: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

describe("rules of a service that is a fetch handler", () => {
  const rules = { site: { fetch: readers }, member: { fetch: "authenticated" }, open: { fetch: "allow" } };
  const query = { byQuery: { fetch: match("==", "args.params.query.tenant", "mine") } };
  const services = ["site", "member", "open", "byQuery"].map((name) => ({ ...siteService(), name }));
  const mesh = meshForSuite({ kind: "embedded", config: shopConfig({ ...rules, ...query }), services });

  async function send(
    service: string,
    path: string,
    options: { method?: string; role?: string; headers?: Record<string, string> } = {},
  ) {
    const { method = "GET", role = "user", headers = {} } = options;
    const token = await mesh().token({ id: "u1", role });
    return fetch(`${mesh().url}/v1/http/shop/${service}${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...headers },
    });
  }

  /** Sends a request's text, so that nothing is made nicer on the way, and gives the answer's. */
  async function sendRaw(target: string, fields: readonly string[] = []): Promise<string> {
    await using connection = await openRaw(mesh().url);
    const token = await mesh().token();
    const lines = [`GET ${target} HTTP/1.1`, "Host: gateway", `Authorization: Bearer ${token}`, ...fields, "", ""];
    connection.send(lines.join("\r\n"));
    return await connection.until((text) => /\r\n\r\n[^]*[\]}]$|\r\n\r\nnothing|content-length: 0\r\n/i.test(text));
  }

  test("look at method and path", async () => {
    expect((await send("site", "/echo/x")).status).toBe(200);
    expect((await send("site", "/echo/x", { method: "HEAD" })).status).toBe(200);
    expect((await send("site", "/echo/x", { method: "POST" })).status).toBe(403);
    expect((await send("site", "/echo/x", { method: "POST", role: "staff" })).status).toBe(200);
    expect((await send("site", "/v2/shop/items/1")).status).toBe(403);
    expect((await send("site", "/v2/shop/items/1", { role: "staff" })).status).toBe(200);
    // A path that only begins with the same letters is another one.
    expect((await send("site", "/v2/shopping")).status).toBe(404);
  });

  test.each([
    "/staff",
    "/staff/",
    "/staff/room",
    "/%73taff/room",
    "/st%61ff/room",
    "/echo/../staff/room",
    "/echo/%2e%2e/staff/room",
    "/echo/.%2E/staff/room",
    "/./staff/room",
    "/echo\\..\\staff\\room",
    "/staff/room?x=/echo",
    "/staff/room#/echo",
    "/staff/%72oom;x=1",
  ])("written as %s a path within /staff is refused", async (path) => {
    expect(await sendRaw(`/v1/http/shop/site${path}`)).toMatch(/^HTTP\/1\.1 403 /);
  });

  test.each([
    "/echo//staff/room",
    "//staff/room",
    "/staff%2froom",
    "/echo/..%2fstaff/room",
    "/echo/%5c..%5cstaff",
    "/%2573taff/room",
    "/staff%00/room",
    "/echo/%0d%0aX: 1".replace(" ", "%20"),
    "/%ff/room",
    "/%zz",
    "/100%",
  ])("written as %s, which can be read in more than one way, it is no valid request", async (path) => {
    expect(await sendRaw(`/v1/http/shop/site${path}`)).toMatch(/^HTTP\/1\.1 400 [^]*can be read in more than one way/);
  });

  test.each(["/echo//a", "/echo/a%2Fb", "/echo/%252e", "/echo/100%25", "/echo/%ff"])(
    "where no rule looks at it, %s reaches the app as it was written",
    async (path) => {
      const seen = (await (await send("member", path)).json()) as Echo;
      expect(seen.url).toBe(`http://${new URL(mesh().url).host}${path}`);
    },
  );

  test("escapes that a path does not need are undone, for the app as for the rule", async () => {
    const seen = (await (await send("site", "/echo/%61%40b:c%3A%20d%C3%A9%25")).json()) as Echo;
    expect(new URL(seen.url).pathname).toBe("/echo/a@b:c:%20d%C3%A9%25");
  });

  test.each([
    "/v1/http/shop/site/../open/echo/x",
    "/v1/http/shop/site/%2e%2e/open/echo/x",
    "/v1/http/shop/%6Fpen/echo/x",
    "/%761/http/shop/open/echo/x",
    "http://elsewhere.example/v1/http/shop/open/echo/x",
  ])("%s is the path /echo/x of the service that it leads to", async (target) => {
    const text = await sendRaw(target);
    const seen = JSON.parse(text.slice(text.indexOf("\r\n\r\n"))) as Echo;
    expect(seen).toMatchObject({
      path: "/echo/x",
      headers: { "x-forwarded-prefix": "/v1/http/shop/open", host: "gateway" },
    });
  });

  test.each([
    ["?tenant=mine", 200],
    ["?tenant=other", 403],
    ["?tenant=mine&tenant=other", 403],
    ["?tenant=other&tenant=mine", 403],
    ["?tenant=other&t%65nant=mine", 403],
    ["?tenant=mine&tenant", 403],
    ["?TENANT=mine", 403],
    ["?x=?tenant=mine", 403],
    ["", 403],
    ["?tenant=mine&x=%ff", 400],
    ["?tenant=mine&x=%", 400],
    ["?__proto__[tenant]=mine", 403],
  ])("a rule about the query, asked with %s, answers %i: a repeated field is a list", async (search, status) => {
    expect((await send("byQuery", `/echo/x${search}`)).status).toBe(status);
  });

  test("the token that a rule has asked for stays at the gateway; under allow it is the app's", async () => {
    const authorization = async (service: string): Promise<string | undefined> =>
      ((await (await send(service, "/echo/x")).json()) as Echo).headers["authorization"];
    expect(await authorization("member")).toBeUndefined();
    expect(await authorization("open")).toMatch(/^Bearer /);
    const basic = await fetch(`${mesh().url}/v1/http/shop/open/staff/room`, {
      headers: { Authorization: `Basic ${btoa("ada:lovelace")}` },
    });
    expect(await basic.text()).toBe("tea");
  });

  test("without a token nothing reaches the app, whatever the method", async () => {
    for (const method of ["GET", "HEAD", "POST", "OPTIONS", "PROPFIND"]) {
      const response = await fetch(`${mesh().url}/v1/http/shop/site/`, { method });
      expect([method, response.status]).toEqual([method, 401]);
    }
  });

  test("claims are the call's, also for an app", async () => {
    expect(await (await send("member", "/me")).json()).toMatchObject({ claims: { id: "u1", role: "user" } });
    expect(await (await fetch(`${mesh().url}/v1/http/shop/open/me`)).json()).toMatchObject({ claims: {} });
  });

  test("a body on another path that looks like a request does not make one", async () => {
    const token = await mesh().token();
    const response = await callNative(mesh(), "site/fetch", { body: '{"method":"GET","path":"/echo"}', token });
    expect(response.status).toBe(400);
  });

  test("fields that Connection names, or that frame the message, end at the gateway", async () => {
    const text = await sendRaw("/v1/http/shop/open/echo/x", [
      "Connection: keep-alive, X-Hop, X-Forwarded-Prefix, Host",
      "X-Hop: 1",
      "TE: trailers",
      "Proxy-Authorization: Basic eDp5",
      "Keep-Alive: timeout=5",
      "X-End: 2",
    ]);
    const { headers } = JSON.parse(text.slice(text.indexOf("\r\n\r\n"))) as Echo;
    expect(headers).toEqual({
      authorization: expect.any(String),
      host: "gateway",
      traceparent: expect.any(String),
      "x-end": "2",
      "x-forwarded-prefix": "/v1/http/shop/open",
    });
  });

  test("a doubtful Host does not reach the app beside the other", async () => {
    const token = await mesh().token();
    for (const hosts of [["Host: a", "Host: b"], ["Host: a b"], ["Host: a/b?c@d"]]) {
      await using connection = await openRaw(mesh().url);
      const lines = ["GET /v1/http/shop/open/echo/x HTTP/1.1", ...hosts, `Authorization: Bearer ${token}`, "", ""];
      connection.send(lines.join("\r\n"));
      const text = await connection.until((received) => /\}$|^HTTP\/1\.1 4/.test(received));
      if (text.startsWith("HTTP/1.1 4")) continue;
      const { url, headers } = JSON.parse(text.slice(text.indexOf("\r\n\r\n"))) as Echo;
      expect(headers["host"]).toBe(new URL(url).host);
    }
  });
});

describe("pages that call a fetch handler", () => {
  const origin = "https://app.example.com";
  const config = shopConfig({ site: { fetch: "allow" } }, { gateway: { cors: { origins: [origin] } } });
  const mesh = meshForSuite({ kind: "embedded", config, services: [siteService()] });
  const send = (init: RequestInit): Promise<Response> => fetch(`${mesh().url}/v1/http/shop/site/tagged`, init);

  test("are let in by the gateway where their origin is listed", async () => {
    const headers = { Origin: origin, "Access-Control-Request-Method": "DELETE" };
    const asked = await send({ method: "OPTIONS", headers });
    expect([asked.status, asked.headers.get("Access-Control-Allow-Origin")]).toEqual([204, origin]);
    const response = await send({ headers: { Origin: origin } });
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe(origin);
    expect(response.headers.get("ETag")).toMatch(/^"/);
  });

  test("are the app's own business where it is not", async () => {
    const response = await send({ method: "OPTIONS", headers: { Origin: "https://other.example.com" } });
    expect([response.status, response.headers.get("X-App")]).toEqual([404, "site"]);
  });
});

describe("a broker that takes only small messages", () => {
  const mesh = meshForSuite({
    kind: "embedded",
    config: shopConfig({ site: { fetch: "allow" } }),
    services: [siteService()],
    nats: { maxPayloadBytes: 8192 },
  });
  const url = (path: string): string => `${mesh().url}/v1/http/shop/site${path}`;

  test("carries bodies of any size beside large header fields", async () => {
    for (const bytes of [3000, 3800, 4096, 4097, 6000, 9000]) {
      const body = "x".repeat(bytes);
      const response = await fetch(url("/count"), { method: "POST", body, headers: { "X-Large": "x".repeat(3500) } });
      expect([bytes, response.status, await response.json()]).toEqual([bytes, 200, { bytes }]);
    }
  });

  test("refuses header fields that do not fit into a message, the caller's or the app's", async () => {
    const sent = await fetch(url("/"), { headers: { "X-Large": "x".repeat(9000) } });
    expect([sent.status, await sent.json()]).toMatchObject([
      413,
      { detail: expect.stringContaining("larger than the broker takes") },
    ]);
    const answered = await fetch(url("/headers/many/9000"));
    expect([answered.status, await answered.json()]).toMatchObject([500, { code: "function_failed" }]);
  });
});
