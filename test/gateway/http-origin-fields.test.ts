import { join } from "node:path";
import { expect, test } from "vitest";
import { ORIGIN_FIELDS } from "../../gateway/origin-fields.ts";
import { defineService } from "../../worker-service/service.ts";
import { shopConfig } from "../support/mesh.ts";
import { callNative, meshForSuite } from "./calling.ts";

const OF_THE_PAGE = {
  "content-security-policy": "default-src 'self'",
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=()",
  "referrer-policy": "no-referrer",
  "reporting-endpoints": 'own="/reports"',
  "x-accel-buffering": "no",
};

const answer = (): Response => {
  const ofTheOrigin = Object.fromEntries(ORIGIN_FIELDS.map((name) => [name, "/"]));
  return new Response("page", { headers: { ...ofTheOrigin, ...OF_THE_PAGE } });
};
const config = shopConfig({ site: { fetch: "allow" }, plain: { page: "allow" } });
const services = [defineService("site", answer), defineService("plain", { page: answer })];
const mesh = meshForSuite({ kind: "embedded", config, services });

test.each([
  ["a fetch handler", () => fetch(`${mesh().url}/v1/http/shop/site/worker.js`)],
  ["a function that returns a Response", () => callNative(mesh(), "plain/page", { body: "{}" })],
])("%s speaks for its own answer, and not for all others of the origin", async (_whose, ask) => {
  const response = await ask();
  const headers = Object.fromEntries(response.headers);
  expect([response.status, await response.text()]).toEqual([200, "page"]);
  expect(headers).toMatchObject(OF_THE_PAGE);
  expect(ORIGIN_FIELDS.filter((name) => name in headers)).toEqual([]);
});

test("a service worker cannot be let out of its service's path, nor what others keep be deleted", () => {
  expect(ORIGIN_FIELDS).toEqual(expect.arrayContaining(["service-worker-allowed", "clear-site-data"]));
});

test("the documentation says of each field why it is left out", async () => {
  const text = await Bun.file(join(import.meta.dirname, "../../docs/http-services.md")).text();
  const named = text.match(/^\| `[^|]+\|/gm)?.flatMap((cell) => cell.match(/[A-Z][A-Za-z-]+/g) ?? []) ?? [];
  const lower = new Set(named.map((name) => name.toLowerCase()));
  expect(ORIGIN_FIELDS.filter((name) => !lower.has(name))).toEqual([]);
});
