import { beforeAll, describe, expect, test } from "vitest";
import { createGateway } from "../../gateway/app.ts";
import { BrokerLink } from "../../gateway/mesh-link/broker-link.ts";
import { LivePolicy } from "../../gateway/policy.ts";
import { silentLog } from "../../mesh/log.ts";
import { natsBroker } from "../../mesh/broker/nats-bun.ts";
import { shopConfig } from "../support/mesh.ts";
import { meshForSuite } from "./calling.ts";

/** What answers without a token, whatever the rules: nothing else may. */
const OPEN = ["GET /livez", "GET /readyz", "GET /healthz", "GET /metrics"];

/** What answers everybody that it is not there. */
const NOT_THERE = ["ALL /v1/api/:project/eventing/*", "ALL /v1/api/:project/event-triggers/*"];

/** Routes of the real app, each once: `METHOD /path/:parameter`. */
const routes = routesOf();

describe("every route", () => {
  let ran = 0;
  const config = shopConfig({ probe: { echo: "authenticated" } });
  const mesh = meshForSuite({ kind: "embedded", config, services: [] });

  beforeAll(() => {
    mesh().workers.subscribe("fn.>", { queue: "q" }, (message) => {
      ran++;
      message.reply({ payload: new Uint8Array(0), headers: {} });
    });
    return mesh().workers.flush();
  });

  test("is known to this test by its method and path", () => {
    expect(routes).toEqual(expect.arrayContaining([...OPEN, ...NOT_THERE]));
    expect(routes.length).toBeGreaterThan(OPEN.length);
  });

  test.each(routes.filter((route) => ![...OPEN, ...NOT_THERE].includes(route)))(
    "%s is refused without a token",
    async (route) => {
      for (const { method, url } of requestsFor(route, mesh().url)) {
        const response = await fetch(url, { method, ...(!/GET|HEAD/.test(method) && { body: "{}" }) });
        expect({ url, method, isRefused: [401, 403, 405].includes(response.status) }).toEqual({
          url,
          method,
          isRefused: true,
        });
      }
      expect(ran).toBe(0);
    },
  );

  test.each(NOT_THERE)("%s is not there", async (route) => {
    for (const { method, url } of requestsFor(route, mesh().url)) {
      expect((await fetch(url, { method, ...(!/GET|HEAD/.test(method) && { body: "{}" }) })).status).toBe(404);
    }
    expect(ran).toBe(0);
  });

  test.each(OPEN)("%s is open", async (route) => {
    const [method = "", path = ""] = route.split(" ");
    expect((await fetch(mesh().url + path, { method })).status).toBe(200);
  });

  test("OPTIONS never runs a function", async () => {
    for (const route of routes) {
      for (const { url } of requestsFor(route, mesh().url)) await fetch(url, { method: "OPTIONS" });
    }
    expect(ran).toBe(0);
  });
});

function routesOf(): string[] {
  const broker = natsBroker({ url: "ws://127.0.0.1:9", name: "never connected", log: silentLog });
  const policy = new LivePolicy({
    limits: { maxBodyBytes: 1, defaultTimeoutMs: 1, maxTimeoutMs: 1 },
    cors: { origins: [], credentials: false, maxAgeSeconds: 0 },
    onlyProject: undefined,
    servicesAnswer: "wrapped",
    project: () => undefined,
  });
  const metrics = { observe: () => undefined, render: () => Promise.resolve({ contentType: "text/plain", text: "" }) };
  const app = createGateway({ link: new BrokerLink({ broker }), policy, metrics, log: silentLog });
  // Middleware for everything stands in the list, too; it answers nothing by itself.
  const own = app.routes.filter(({ method, path }) => !(method === "ALL" && path === "/*"));
  return [...new Set(own.map(({ method, path }) => `${method} ${path}`))];
}

/** Requests that a route takes: with a function that has a rule, one that has none, and names that are none. */
function requestsFor(route: string, base: string): { method: string; url: string }[] {
  const [method = "", pattern = ""] = route.split(" ");
  const methods = method === "ALL" ? ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] : [method];
  const paths = [
    { project: "shop", service: "probe", function: "echo" },
    { project: "shop", service: "probe", function: "other" },
    { project: "nowhere", service: "probe", function: "echo" },
  ].map((values) => {
    const known = new Map(Object.entries(values));
    return pattern.replaceAll(/:(\w+)|\*/g, (_, name: string) => known.get(name) ?? "anything");
  });
  return methods.flatMap((each) => paths.map((path) => ({ method: each, url: base + path })));
}
