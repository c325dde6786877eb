import { describe, expect, test } from "vitest";
import type { Claims } from "../../../mesh/call.ts";
import { callNative } from "../calling.ts";
import { ORIGIN } from "./site.ts";
import type { RuntimeUnderTest } from "./start-runtime.ts";

/** Whom every platform lets in: rules, tokens, pages of browsers. */
export function ruleBehaviour(gateway: () => RuntimeUnderTest): void {
  const status = async (name: string, params: unknown, token: string | undefined): Promise<number> => {
    const body = JSON.stringify(params);
    const response = await callNative(gateway(), `vault/${name}`, { body, ...(token !== undefined && { token }) });
    await response.body?.cancel();
    return response.status;
  };

  describe("rules", () => {
    test.each<[string, Claims, unknown, number]>([
      ["signed", { id: "u1" }, {}, 200],
      ["staff", { role: "staff" }, {}, 200],
      ["staff", { role: "user" }, {}, 403],
      ["small", { role: "user" }, { amount: 99 }, 200],
      ["small", { role: "user" }, { amount: 100 }, 403],
      ["small", { role: "staff" }, { amount: 100 }, 200],
      ["asked", { id: "u1" }, { please: true }, 200],
      ["asked", { id: "u1" }, { please: false }, 403],
      ["hooked", { id: "u1" }, { please: true }, 200],
      ["hooked", { id: "u1" }, { please: false }, 403],
      ["closed", { role: "staff" }, {}, 403],
    ])("%s with the claims %j and the params %j: %d", async (name, claims, params, expected) => {
      expect(await status(name, params, await gateway().token(claims))).toBe(expected);
    });

    test("a refusal says what the rule has to say", async () => {
      const token = await gateway().token({ role: "user" });
      const response = await callNative(gateway(), "vault/staff", { body: "{}", token });
      expect(await response.json()).toMatchObject({ code: "forbidden", detail: "staff only" });
    });
  });

  describe("tokens", () => {
    test.each<[string, () => Promise<string | undefined>]>([
      ["no token", () => Promise.resolve(undefined)],
      ["what is no token", () => Promise.resolve("abc")],
      ["a token of another secret", () => gateway().token({}, { secret: "another-secret-of-at-least-32-bytes-x" })],
      ["a token that is over", () => gateway().token({}, { now: () => Date.now() - 7_200_000 })],
      [
        "a token that is signed by nobody",
        async () => {
          const [, claims = ""] = (await gateway().token()).split(".");
          return `${btoa('{"alg":"none","typ":"JWT"}').replaceAll("=", "")}.${claims}.`;
        },
      ],
    ])("%s lets nobody in", async (_what, make) => {
      const token = await make();
      const response = await callNative(gateway(), "vault/signed", {
        body: "{}",
        ...(token !== undefined && { token }),
      });
      expect(response.status).toBe(401);
      expect(response.headers.get("WWW-Authenticate")).toMatch(/^Bearer/);
      expect(await response.json()).toMatchObject({ code: "unauthenticated" });
    });

    test("the same token is good again and again", async () => {
      const token = await gateway().token();
      for (let count = 0; count < 3; count++) expect(await status("signed", {}, token)).toBe(200);
    });
  });

  describe("pages of browsers", () => {
    const preflight = (origin: string): Promise<Response> =>
      fetch(`${gateway().url}/v1/call/shop/vault/signed`, {
        method: "OPTIONS",
        headers: {
          Origin: origin,
          "Access-Control-Request-Method": "POST",
          "Access-Control-Request-Headers": "authorization",
        },
      });

    test("of a listed origin may call, and may read what is refused", async () => {
      const { ok, headers } = await preflight(ORIGIN);
      expect(ok).toBe(true);
      expect(headers.get("Access-Control-Allow-Origin")).toBe(ORIGIN);
      expect(headers.get("Access-Control-Allow-Headers")).toBe("authorization");
      const refused = await callNative(gateway(), "vault/signed", { body: "{}", headers: { Origin: ORIGIN } });
      expect([refused.status, refused.headers.get("Access-Control-Allow-Origin")]).toEqual([401, ORIGIN]);
      await refused.body?.cancel();
    });

    test("of any other may not", async () => {
      const { headers } = await preflight("https://evil.example.net");
      expect(headers.has("Access-Control-Allow-Origin")).toBe(false);
    });
  });
}
