import { describe, expect, test } from "vitest";
import { shopConfig, testConfig } from "../support/mesh.ts";
import { PATHS, callNative, meshForSuite } from "./calling.ts";
import { probe } from "./probe.ts";

const LISTED = "https://app.example.com";
const STRANGE = "https://evil.example.net";
const CALL_PATHS = ["/v1/call/shop/probe/echo", "/v1/api/shop/functions/probe/echo"];

const withCors = (cors: unknown) =>
  shopConfig({ probe: { echo: "allow", authed: "authenticated" } }, { gateway: { cors } });

/** What a browser asks before it sends a call with a token. */
function preflight(url: string, path: string, origin: string): Promise<Response> {
  return fetch(url + path, {
    method: "OPTIONS",
    headers: {
      Origin: origin,
      "Access-Control-Request-Method": "POST",
      "Access-Control-Request-Headers": "authorization,content-type",
    },
  });
}

/** The headers by which a browser decides. */
function permissions({ headers }: Response): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => name.startsWith("access-control-")));
}

describe("pages of a listed origin", () => {
  const config = withCors({ origins: [LISTED, "http://localhost:3000"], maxAgeSeconds: 60 });
  const mesh = meshForSuite({ kind: "embedded", config, services: [probe] });

  test.each(CALL_PATHS)("may call %s: the preflight says so without asking for a token", async (path) => {
    const response = await preflight(mesh().url, path, LISTED);
    expect(response.ok).toBe(true);
    expect(await response.text()).toBe("");
    expect(permissions(response)).toMatchObject({
      "access-control-allow-origin": LISTED,
      "access-control-allow-credentials": "true",
      "access-control-allow-methods": expect.stringContaining("POST"),
      "access-control-allow-headers": "authorization,content-type",
      "access-control-max-age": "60",
    });
    expect(response.headers.get("Vary")).toContain("Origin");
  });

  test.each(PATHS)("may read the answers on %s, also refusals, and the headers worth reading", async (_path, call) => {
    for (const name of ["probe/echo", "probe/authed", "no/rule"]) {
      const response = await call(mesh(), name, { body: "{}", headers: { Origin: LISTED } });
      expect(permissions(response)).toEqual({
        "access-control-allow-origin": LISTED,
        "access-control-allow-credentials": "true",
        "access-control-expose-headers":
          "Authorization,Content-Type,ETag,Fmesh-Invocation-Id,Link,Location,Server-Timing,X-Request-Id,Retry-After,Fmesh-Length",
      });
      expect(response.headers.get("Vary")).toContain("Origin");
    }
  });

  test.each([
    STRANGE,
    "null",
    "https://app.example.com.evil.net",
    "http://app.example.com",
    "https://app.example.com:444",
  ])("pages of %s are given nothing", async (origin) => {
    for (const path of CALL_PATHS) expect(permissions(await preflight(mesh().url, path, origin))).toEqual({});
    const response = await callNative(mesh(), "probe/echo", { body: "{}", headers: { Origin: origin } });
    expect(permissions(response)).toEqual({});
    expect(response.headers.get("Vary")).toContain("Origin");
  });

  test("callers that are no pages are not told about origins", async () => {
    const response = await callNative(mesh(), "probe/echo", { body: "{}" });
    expect(permissions(response)).toEqual({});
  });
});

describe("pages of any origin", () => {
  const mesh = meshForSuite({ kind: "embedded", config: withCors({ origins: ["*"] }), services: [probe] });

  test("are named themselves, never *, since browsers of 2019's clients send credentials", async () => {
    const response = await callNative(mesh(), "probe/echo", { body: "{}", headers: { Origin: STRANGE } });
    expect(permissions(response)).toMatchObject({
      "access-control-allow-origin": STRANGE,
      "access-control-allow-credentials": "true",
    });
    expect(permissions(await preflight(mesh().url, "/v1/call/shop/probe/echo", STRANGE))).toMatchObject({
      "access-control-allow-origin": STRANGE,
    });
  });

  test("a saved configuration changes that for the next call", async () => {
    const allowed = async (): Promise<string | null> => {
      const response = await callNative(mesh(), "probe/echo", { body: "{}", headers: { Origin: STRANGE } });
      return response.headers.get("Access-Control-Allow-Origin");
    };
    expect(await allowed()).toBe(STRANGE);
    mesh().gateway.replaceConfig(testConfig(withCors({ origins: [LISTED] })));
    expect(await allowed()).toBeNull();
    mesh().gateway.replaceConfig(testConfig(withCors({ origins: ["*"] })));
    expect(await allowed()).toBe(STRANGE);
  });
});

describe("no configured origin", () => {
  const config = withCors({ origins: [], credentials: false });
  const mesh = meshForSuite({ kind: "embedded", config, services: [probe] });

  test("gives pages nothing", async () => {
    const response = await callNative(mesh(), "probe/echo", { body: "{}", headers: { Origin: LISTED } });
    expect(permissions(response)).toEqual({});
  });
});
