import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import type { Context } from "../../worker-service/context.ts";
import { defineService } from "../../worker-service/service.ts";
import { PROJECT, PROJECT_SECRET, shopConfig } from "../support/mesh.ts";
import { call2019, callNative, meshForSuite } from "./calling.ts";

const ADMINS = { rule: "match", type: "string", eval: "==", f1: "args.auth.role", f2: "admin" };
const READERS = {
  rule: "or",
  clauses: [
    ADMINS,
    {
      rule: "and",
      clauses: [
        { rule: "match", type: "string", eval: "in", f1: "args.params.method", f2: ["GET", "HEAD"] },
        { rule: "match", type: "path", eval: "in", f1: "args.params.path", f2: ["/api/v1/functions"] },
      ],
    },
  ],
};

/** Tells what of a request arrived; one of each project. */
function tellingService(project: string) {
  const app = new Hono<{ Bindings: Context }>();
  app.all("/api/*", async (c) => {
    const { method, path } = c.req;
    c.header("ETag", '"1"');
    const body = await c.req.text();
    return c.json({
      project,
      method,
      path,
      query: c.req.query(),
      headers: c.req.header(),
      body,
      by: c.env.claims["id"],
    });
  });
  return defineService("functions", app.fetch);
}

interface Told {
  readonly project: string;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly by: string;
}

describe("/api/ with one project", () => {
  const config = shopConfig(
    { functions: { fetch: READERS }, default: { default: "allow" } },
    { gateway: { cors: { origins: ["https://console.example.com"] } } },
  );
  const mesh = meshForSuite({ kind: "embedded", config, services: [tellingService(PROJECT)] });

  async function send(path: string, { role = "admin", headers = {}, ...init }: SendOptions = {}): Promise<Response> {
    const token = await mesh().token({ id: "ann", role });
    return fetch(mesh().url + path, { ...init, headers: { Authorization: `Bearer ${token}`, ...headers } });
  }

  test("is the functions service of that project, which sees the request as it was sent", async () => {
    const response = await send("/api/v1/functions/7?limit=3", {
      method: "PUT",
      body: '{"label":"a"}',
      headers: { "If-Match": '"1"', "Content-Type": "application/json", "X-Forwarded-Prefix": "/evil" },
    });
    expect([response.status, response.headers.get("ETag")]).toEqual([200, '"1"']);
    const told = (await response.json()) as Told;
    expect(told).toMatchObject({
      project: PROJECT,
      method: "PUT",
      path: "/api/v1/functions/7",
      query: { limit: "3" },
      headers: { "if-match": '"1"', host: new URL(mesh().url).host },
      body: '{"label":"a"}',
      by: "ann",
    });
    expect(told.headers["authorization"]).toBeUndefined();
    expect(told.headers["x-forwarded-prefix"]).toBeUndefined();
  });

  test.each(["GET", "POST", "PUT", "PATCH", "DELETE"])("%s reaches it", async (method) => {
    expect(await (await send("/api/v3/events", { method })).json()).toMatchObject({ method, path: "/api/v3/events" });
  });

  test("rules see method and path, with /api", async () => {
    const status = async (path: string, method: string): Promise<number> =>
      (await send(path, { role: "user", method })).status;
    expect(await status("/api/v1/functions", "GET")).toBe(200);
    expect(await status("/api/v1/functions/7", "GET")).toBe(200);
    expect(await status("/api/v1/functions/7", "DELETE")).toBe(403);
    expect(await status("/api/v3/events", "GET")).toBe(403);
    expect(await status("/api/v1/functions/../../v3/events", "GET")).toBe(403);
    expect(await status("/api/v1/functions%2f7", "GET")).toBe(400);
  });

  test("without a token nobody gets in", async () => {
    const response = await fetch(`${mesh().url}/api/v1/functions`);
    expect([response.status, await response.json()]).toEqual([
      401,
      expect.objectContaining({ code: "unauthenticated" }),
    ]);
  });

  test("another project's name is refused, whether there is one or not", async () => {
    for (const project of ["nowhere", "constructor"]) {
      expect((await send("/api/v1/functions", { headers: { "X-Fmesh-Project": project } })).status).toBe(403);
    }
    expect((await send("/api/v1/functions", { headers: { "X-Fmesh-Project": "a.*" } })).status).toBe(400);
  });

  test("the other paths lead to it by the same rule", async () => {
    const { url } = mesh();
    const token = await mesh().token({ role: "user" });
    const headers = { Authorization: `Bearer ${token}` };
    const behind = await fetch(`${url}/v1/http/${PROJECT}/functions/api/v3/events`, { headers });
    const called = await callNative({ url }, "functions/fetch", { token, body: "{}" });
    const old = await call2019({ url }, "functions/fetch", { token, body: '{"params":{}}' });
    expect([behind.status, called.status, old.status]).toEqual([403, 403, 403]);
  });

  test("pages of listed origins may use it, and read its ETag", async () => {
    const headers = { Origin: "https://console.example.com" };
    const preflight = await fetch(`${mesh().url}/api/v1/functions/7`, {
      method: "OPTIONS",
      headers: {
        ...headers,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization,if-match,x-fmesh-project",
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("Access-Control-Allow-Methods")).toContain("PUT");
    expect(preflight.headers.get("Access-Control-Allow-Headers")).toContain("x-fmesh-project");
    const response = await send("/api/v1/functions", { headers });
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe(headers.Origin);
    expect(response.headers.get("Access-Control-Expose-Headers")).toContain("ETag");
  });
});

describe("/api/ with several projects", () => {
  const projects = [PROJECT, "bakery", "closed"].map((id) => ({
    id,
    secret: PROJECT_SECRET,
    services: id === "closed" ? { default: { functions: { default: { rule: "allow" } } } } : rulesOf(ADMINS),
  }));
  const mesh = meshForSuite({ kind: "embedded", config: { projects }, services: [tellingService(PROJECT)] });

  async function send(headers: Record<string, string>): Promise<Response> {
    const token = await mesh().token({ id: "ann", role: "admin" });
    return fetch(`${mesh().url}/api/v1/functions`, { headers: { Authorization: `Bearer ${token}`, ...headers } });
  }

  test("the header names the one that is meant", async () => {
    const response = await send({ "X-Fmesh-Project": PROJECT });
    expect([response.status, ((await response.json()) as Told).project]).toEqual([200, PROJECT]);
  });

  test("without the header it is a bad request that says which one is missing", async () => {
    const response = await send({});
    expect([response.status, response.headers.get("Content-Type")]).toEqual([400, "application/problem+json"]);
    expect(await response.json()).toMatchObject({
      code: "invalid_request",
      detail: "there is more than one project; name one in the header X-Fmesh-Project",
    });
  });

  test("one whose service nobody runs is answered with 503", async () => {
    const response = await send({ "X-Fmesh-Project": "bakery" });
    expect([response.status, await response.json()]).toEqual([
      503,
      expect.objectContaining({ code: "worker_unavailable" }),
    ]);
  });

  test("a rule for all services that are not listed does not open it", async () => {
    expect((await send({ "X-Fmesh-Project": "closed" })).status).toBe(403);
  });
});

type SendOptions = Omit<RequestInit, "headers"> & { role?: string; headers?: Record<string, string> };

function rulesOf(rule: unknown) {
  return { functions: { functions: { fetch: { rule } } } };
}
