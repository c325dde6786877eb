import { describe, expect, test } from "vitest";
import { withConsoleHosts } from "../../gateway/console/hosts.ts";
import { parseConfig } from "../../gateway/config.ts";
import { shopConfig } from "../support/mesh.ts";
import { meshForSuite } from "./calling.ts";
import { siteService } from "./site.ts";

const CONSOLE = "console.example.com";

/** How a gateway that answers everything answers this: the status, and what the browser is told to make of it. */
async function ask(hosts: readonly string[] | undefined, host: string, path: string): Promise<unknown> {
  const fetch = withConsoleHosts(
    () => hosts,
    () => new Response("<script>"),
  );
  const response = await fetch(new Request(`http://gateway${path}`, { headers: { Host: host } }));
  return [response.status, response.headers.get("Content-Security-Policy")];
}

describe("the console's host names", () => {
  const ADMIN = ["/console", "/console/", "/console/assets/main.js", "/v1/admin/login", "/%63onsole/", "/v1/%61dmin/x"];
  const PAGES = ["/v1/http/shop/site/", "/v1/http/shop/site", "/v1/%68ttp/shop/site/sw.js", "/v1/http"];
  const OTHERS = ["/v1/call/shop/site/f", "/api/v1/functions", "/livez", "/consoles", "/v1/https", "/"];

  test.each([CONSOLE, `${CONSOLE}:8443`, "CONSOLE.example.com"])(
    "have it, and no pages of services: %s",
    async (host) => {
      for (const path of ADMIN) expect([path, await ask([CONSOLE], host, path)]).toEqual([path, [200, null]]);
      for (const path of PAGES) expect([path, await ask([CONSOLE], host, path)]).toEqual([path, [404, null]]);
      for (const path of OTHERS) expect([path, await ask([CONSOLE], host, path)]).toEqual([path, [200, "sandbox"]]);
    },
  );

  test.each(["mesh.example.com", "", `${CONSOLE}.evil.example`, `x.${CONSOLE}`])(
    "alone have it: %j has not",
    async (host) => {
      for (const path of ADMIN) expect([path, await ask([CONSOLE], host, path)]).toEqual([path, [404, null]]);
      for (const path of [...PAGES, ...OTHERS])
        expect([path, await ask([CONSOLE], host, path)]).toEqual([path, [200, null]]);
    },
  );

  test("are all names where the configuration gives none", async () => {
    for (const path of [...ADMIN, ...PAGES, ...OTHERS]) {
      expect([path, await ask(undefined, CONSOLE, path)]).toEqual([path, [200, null]]);
    }
  });

  test("are names, without a port or a path", () => {
    const parse = (hosts: string): unknown =>
      parseConfig(`projects: []\ngateway: { consoleHosts: ${hosts} }`, { filename: "a.yaml", env: {} }).gateway
        .consoleHosts;
    expect(parse('[Console.Example.com, localhost, 127.0.0.1, "[::1]"]')).toEqual([
      CONSOLE,
      "localhost",
      "127.0.0.1",
      "[::1]",
    ]);
    for (const wrong of ['["a:80"]', '["a/b"]', "[https://a]", '["*"]', "[]", '[""]', "a"]) {
      expect(() => parse(wrong)).toThrow(/consoleHosts/);
    }
  });
});

describe("a gateway whose console has a host name", () => {
  const config = shopConfig({ site: { fetch: "allow" } }, { gateway: { consoleHosts: [CONSOLE] } });
  const mesh = meshForSuite({ kind: "embedded", config, services: [siteService()] });

  test("serves services at all others", async () => {
    const url = `${mesh().url}/v1/http/shop/site/`;
    expect((await fetch(url)).status).toBe(200);
    const refused = await fetch(url, { headers: { Host: CONSOLE } });
    expect([refused.status, await refused.json()]).toMatchObject([
      404,
      { detail: expect.stringContaining("consoleHosts") },
    ]);
    const live = await fetch(`${mesh().url}/livez`, { headers: { Host: CONSOLE } });
    expect([live.status, live.headers.get("Content-Security-Policy")]).toEqual([200, "sandbox"]);
  });
});
