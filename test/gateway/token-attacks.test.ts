import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AuthOptions } from "../../gateway/auth/options.ts";
import { defineService } from "../../worker-service/service.ts";
import { PROJECT, type TestMesh, type WrittenConfig, startTestMesh, testConfig } from "../support/mesh.ts";
import { PATHS, callNative } from "./calling.ts";
import { type Target, withSecret } from "./auth/attack.ts";
import { attackCorpus } from "./auth/attack-corpus.ts";
import { forge } from "./auth/forge.ts";
import { serveJwks } from "./auth/jwks-server.ts";

/** Beyond this the server itself refuses the headers (RFC 6585, 431), before the gateway sees them. */
const HEADER_ROOM = 16_000;

describe("tokens that must be refused, at the front door", () => {
  let mesh: TestMesh;
  let ran = 0;

  beforeAll(async () => {
    const guarded = defineService("guarded", { call: () => ++ran });
    mesh = await startTestMesh({ kind: "embedded", config: guardedBy(withSecret.options), services: [guarded] });
  });
  afterAll(() => mesh.stop());

  test.each(attackCorpus)("refused: $name", async ({ target, token }) => {
    await using server = serveJwks(target.published ?? []);
    mesh.gateway.replaceConfig(testConfig(guardedBy(optionsOf(target, server.url))));
    const text = await token();
    ran = 0;
    for (const [path, call] of isHeaderText(text) ? PATHS : []) {
      const response = await call(mesh, "guarded/call", { body: "{}", headers: { Authorization: `Bearer ${text}` } });
      const body = await response.text();
      const refusal = text.length > HEADER_ROOM ? 431 : path === "the native path" ? 401 : 403;
      expect([path, response.status, body]).toEqual([path, refusal, body]);
      expect(text.length > 8 && body.includes(text), "the token is in the answer").toBe(false);
    }
    expect(ran).toBe(0);
  });

  test("a good token is let through by the very same door", async () => {
    mesh.gateway.replaceConfig(testConfig(guardedBy(withSecret.options)));
    ran = 0;
    const response = await callNative(mesh, "guarded/call", { body: "{}", token: await forge() });
    expect([response.status, ran]).toEqual([200, 1]);
  });

  test("almost all of them can stand in a header", async () => {
    const texts = await Promise.all(attackCorpus.map(async ({ token }) => token()));
    expect(texts.filter(isHeaderText).length).toBeGreaterThan(texts.length * 0.9);
  });
});

function guardedBy({ ...auth }: AuthOptions): WrittenConfig {
  return {
    projects: [{ id: PROJECT, auth, services: { guarded: { functions: { call: { rule: "authenticated" } } } } }],
  };
}

function optionsOf({ options, published }: Target, url: string): AuthOptions {
  return published === undefined ? options : { ...options, jwks: { url } };
}

/** Whether HTTP can carry it as it is: controls are no part of a header, and spaces around its value are cut off. */
function isHeaderText(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text) && text.trim() === text;
}
