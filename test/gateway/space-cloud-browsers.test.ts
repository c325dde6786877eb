import { describe, expect, test } from "vitest";
import { shopConfig } from "../support/mesh.ts";
import { meshForSuite } from "./calling.ts";
import { probe } from "./probe.ts";
import { PATHS_2019, ask } from "./space-cloud-paths.ts";

const ORIGIN = "https://app.example.com";

/** What a page with the published client may do is up to these. */
function permissions({ headers }: Response): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => name.startsWith("access-control-") || name === "vary"));
}

describe.each([["the page's own"], ["*"]])(
  "pages with the published clients, where the listed origin is %s",
  (listed) => {
    const origins = [listed === "*" ? "*" : ORIGIN];
    const config = shopConfig(
      { probe: { echo: "allow", authed: "authenticated" } },
      { gateway: { cors: { origins } } },
    );
    const mesh = meshForSuite({ kind: "embedded", config, services: [probe] });
    const PATHS = PATHS_2019.map(([, path]) => `${path}/probe/echo`);

    /** What a browser asks before it sends a token, or JSON that says so. */
    const preflight = (path: string, asked: string | undefined) =>
      fetch(mesh().url + path, {
        method: "OPTIONS",
        headers: {
          Origin: ORIGIN,
          "Access-Control-Request-Method": "POST",
          ...(asked !== undefined && { "Access-Control-Request-Headers": asked }),
        },
      });

    test.each([...PATHS, "/v1/api/shop/eventing/queue", "/v1/api/shop/crud"])(
      "are let through to %s with 200, credentials and their headers",
      async (path) => {
        const response = await preflight(path, "authorization,content-type");
        expect([response.status, await response.text()]).toEqual([200, ""]);
        const { vary = "", ...allowed } = permissions(response);
        expect(allowed).toEqual({
          "access-control-allow-origin": ORIGIN,
          "access-control-allow-credentials": "true",
          "access-control-allow-methods": expect.stringMatching(/^GET,PUT,POST,/),
          "access-control-allow-headers": "authorization,content-type",
          "access-control-expose-headers": expect.any(String),
          "access-control-max-age": "600",
        });
        expect(vary.split(/, ?/)).toContain("Origin");
      },
    );

    test.each(PATHS)("are let through to %s when they send no headers of their own", async (path) => {
      const response = await preflight(path, undefined);
      expect(response.status).toBe(200);
      expect(response.headers.get("Access-Control-Allow-Origin")).toBe(ORIGIN);
    });

    test.each([
      ...PATHS.map((path) => [200, path] as const),
      [403, "/v1/api/shop/functions/probe/authed"],
      [403, "/v1/api/nobody/services/probe/echo"],
      [404, "/v1/api/shop/event-triggers/queue"],
      [404, "/v1/api/shop/crud"],
      [400, "/v1/api/shop/functions/pro.be/echo"],
    ] as const)(
      "may read the answer %d of %s, which is simple enough to be sent without asking",
      async (status, path) => {
        const response = await fetch(mesh().url + path, {
          method: "POST",
          credentials: "include",
          body: '{"params":1}',
          headers: { Origin: ORIGIN, Cookie: "session=1", "Content-Type": "text/plain;charset=UTF-8" },
        });
        const { vary = "", ...allowed } = permissions(response);
        expect([response.status, allowed]).toEqual([
          status,
          {
            "access-control-allow-origin": ORIGIN,
            "access-control-allow-credentials": "true",
            "access-control-expose-headers": expect.stringMatching(/^Authorization,Content-Type,/),
          },
        ]);
        expect(vary.split(/, ?/)).toEqual(["Origin"]);
        await response.json();
      },
    );

    test("of another origin are told nothing but in JSON, unless all are listed", async () => {
      const headers = { Origin: "https://evil.example.net" };
      const response = await fetch(`${mesh().url}/v1/api/shop/functions/probe/echo`, { method: "OPTIONS", headers });
      const isAllowed = response.headers.get("Access-Control-Allow-Origin") === headers.Origin;
      expect([isAllowed, response.status]).toEqual(listed === "*" ? [true, 200] : [false, 405]);
      expect(await ask(`${mesh().url}/v1/api/shop/functions/probe/echo`, { headers })).toMatchObject({ status: 200 });
    });

    test("are no concern of callers that are none", async () => {
      const response = await fetch(mesh().url + PATHS[0], { method: "POST" });
      expect(permissions(response)).toEqual({});
    });
  },
);
