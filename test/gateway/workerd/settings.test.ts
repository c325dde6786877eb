import { expect, test } from "vitest";
import { readSettings } from "../../../gateway/runtime/workerd/settings.ts";

const FMESH_LINK = { idFromName: () => undefined };
const GOOD = { FMESH_CONFIG: "projects: []", NATS_URL: "wss://user:hunter2@broker.example.com", FMESH_LINK };

function problem(bindings: Readonly<Record<string, unknown>>): string {
  try {
    readSettings(bindings);
  } catch (error) {
    return error instanceof TypeError ? error.message : String(error);
  }
  return "";
}

test("what is not bound has its default", () => {
  expect(readSettings(GOOD)).toMatchObject({ configName: undefined, links: 1, maxInFlight: 4096, idleMs: 60_000 });
});

test("numbers may be texts, as wrangler binds them", () => {
  const given = { ...GOOD, FMESH_LINKS: "3", FMESH_MAX_IN_FLIGHT: 10, FMESH_IDLE_SECONDS: "5" };
  expect(readSettings(given)).toMatchObject({ links: 3, maxInFlight: 10, idleMs: 5000 });
});

test("texts are the variables of the configuration, and nothing else is", () => {
  expect(readSettings({ ...GOOD, SHOP_SECRET: "s" }).env).toMatchObject({ SHOP_SECRET: "s" });
  expect(readSettings(GOOD).env).not.toHaveProperty("FMESH_LINK");
});

test.each([
  [{ FMESH_CONFIG: undefined }, "the binding FMESH_CONFIG is not set"],
  [{ FMESH_CONFIG: "" }, "the binding FMESH_CONFIG is not set"],
  [{ NATS_URL: undefined }, "the binding NATS_URL is not set"],
  [{ NATS_URL: "nats://hunter2@x" }, "the binding NATS_URL is no URL of a WebSocket"],
  [{ FMESH_LINK: undefined }, "the binding FMESH_LINK is no Durable Object namespace"],
  [{ FMESH_LINKS: "0" }, "the binding FMESH_LINKS must be a whole number from 1 to 1024"],
  [{ FMESH_LINKS: "hunter2" }, "the binding FMESH_LINKS must be a whole number from 1 to 1024"],
  [{ FMESH_CONFIG_NAME: "hunter2.*" }, "the binding FMESH_CONFIG_NAME may hold 1 to 64 letters"],
  [{ NATS_NKEY: "hunter2" }, "NATS_NKEY is not the thing itself"],
  [{ NATS_CA: "-----BEGIN CERTIFICATE-----hunter2" }, "the binding NATS_CA has no effect"],
])("%o is refused in words that name the binding and never its value", (bad, words) => {
  const text = problem({ ...GOOD, ...bad });
  expect(text).toContain(words);
  expect(text).not.toContain("hunter2");
});

test("all that is wrong is told at once", () => {
  expect(problem({})).toMatch(/FMESH_CONFIG .*; .*NATS_URL .*; .*FMESH_LINK /);
});
