import { expect, test } from "vitest";
import { createFunctionsApp } from "../../../functions-service/app.ts";
import { silentLog } from "../../../mesh/log.ts";
import { FUNCTIONS, useApi } from "./use-api.ts";

const PAGE = `${FUNCTIONS}/swagger-ui`;

test("the interactive documentation and all it needs come from the service itself", async () => {
  const api = await useApi();
  const page = await api.send("GET", PAGE);
  expect(page.headers.get("Content-Type")).toContain("text/html");
  const text = await page.text();
  const needed = [...text.matchAll(/(?:src|href)="([^"]*)"/g)].map(
    ([, path = ""]) => new URL(path, `http://mesh.test${PAGE}`),
  );
  expect(needed.map(({ pathname }) => pathname)).toEqual(
    ["swagger-ui.css", "favicon-32x32.png", "swagger-ui-bundle.js", "start.js"].map((name) => `${PAGE}/${name}`),
  );
  for (const { origin, pathname } of needed) {
    expect(origin).toBe("http://mesh.test");
    const asset = await api.send("GET", pathname);
    expect([asset.status, asset.headers.get("X-Content-Type-Options")]).toEqual([200, "nosniff"]);
    expect((await asset.bytes()).length).toBeGreaterThan(50);
  }
});

test("nothing that stands in the page may run, and nothing may be loaded from elsewhere", async () => {
  const api = await useApi();
  const page = await api.send("GET", PAGE);
  const policy = page.headers.get("Content-Security-Policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'; style-src 'self';");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  expect(await page.text()).not.toMatch(/<script>|<style|\son\w+=|style=|https?:/);
});

test("the page shows the document that lies beside it", async () => {
  const api = await useApi();
  const script = await (await api.send("GET", `${PAGE}/start.js`)).text();
  const [, url = ""] = /url: "([^"]*)"/.exec(script) ?? [];
  const document = await api.json("GET", new URL(url, `http://mesh.test${PAGE}`).pathname);
  expect(document).toMatchObject({ openapi: "3.1.0" });
});

test("files that Swagger UI does not need are not given away", async () => {
  const api = await useApi();
  for (const name of ["package.json", "..%2fpackage.json", "swagger-ui.js.map", "absolute-path.js"]) {
    expect((await api.send("GET", `${PAGE}/${name}`)).status).toBe(404);
  }
});

test("without the files there is no interactive documentation, and the rest is as it was", async () => {
  const { store } = await useApi();
  const app = createFunctionsApp({ store, project: "shop" });
  const context = {
    callId: "1",
    claims: {},
    deadlineMs: Date.now() + 60_000,
    trace: { traceId: "1" },
    log: silentLog,
    call: () => Promise.reject(new Error("not called")),
  };
  const status = async (path: string): Promise<number> =>
    (await app.fetch(new Request(`http://mesh.test${path}`), context)).status;
  expect(await status(PAGE)).toBe(404);
  expect(await status(`${FUNCTIONS}/openapi.json`)).toBe(200);
});
