import { afterAll, expect, test } from "vitest";
import { createFunctionsApp } from "../../../functions-service/app.ts";
import { openSqliteStore } from "../../../functions-service/runtime/sqlite.ts";
import { installedSwaggerAssets } from "../../../functions-service/runtime/swagger-assets.ts";
import { silentLog } from "../../../mesh/log.ts";
import type { Context } from "../../../worker-service/context.ts";
import { defineService } from "../../../worker-service/service.ts";
import { meshForSuite } from "../../gateway/calling.ts";
import { PROJECT, shopConfig } from "../../support/mesh.ts";
import { EVENTS, FUNCTIONS, hello } from "./use-api.ts";

const store = await openSqliteStore(":memory:", silentLog);
afterAll(() => store.close());
const { fetch: handle } = createFunctionsApp({ store, project: PROJECT, swaggerAssets: installedSwaggerAssets });

const ADMINS = { rule: "match", type: "string", eval: "==", f1: "args.auth.role", f2: "admin" };
const mesh = meshForSuite({
  kind: "embedded",
  config: shopConfig({ functions: { fetch: ADMINS } }),
  services: [
    defineService("functions", handle),
    // What a deployed function labelled "hello" looks like from the mesh.
    defineService("hello", {
      handler: (data: unknown, { claims }: Context) => ({ data, by: claims["id"] }),
    }),
    defineService("slow", {
      handler: (_: unknown, { signal }: Context) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(new Error("given up")));
        }),
    }),
    defineService("counting", {
      async *handler() {
        for (let n = 1; n <= 3; n++) yield n;
      },
    }),
  ],
});

async function send(method: string, path: string, body?: unknown, role = "admin"): Promise<Response> {
  const token = await mesh().token({ id: "ann", role });
  const init = body !== undefined && { body: JSON.stringify(body) };
  return fetch(mesh().url + path, { method, headers: { Authorization: `Bearer ${token}` }, ...init });
}

async function stored(label: string, more: object = {}): Promise<string> {
  const response = await send("POST", FUNCTIONS, { ...hello, label, ...more });
  const { id } = (await response.json()) as { id: string };
  return id;
}

test("a function is stored, called in the caller's name, and deleted", async () => {
  const created = await send("POST", FUNCTIONS, hello);
  expect(created.status).toBe(201);
  const path = created.headers.get("Location") ?? "";
  const shown = await send("GET", path);
  expect(shown.headers.get("ETag")).toBe(created.headers.get("ETag"));
  const { id, createdBy } = (await shown.json()) as { id: string; createdBy: string };
  expect(createdBy).toBe("ann");
  const called = await send("POST", `${FUNCTIONS}/invoke/${id}`, { data: { n: 1 } });
  expect([called.status, await called.json()]).toEqual([200, { data: { n: 1 }, by: "ann" }]);
  const queried = await send("GET", `${FUNCTIONS}/invoke/${id}?a=1&a=2`);
  expect(await queried.json()).toEqual({ data: { a: "1,2" }, by: "ann" });
  expect((await send("DELETE", path)).status).toBe(204);
});

test("who is no admin gets nothing", async () => {
  for (const path of [FUNCTIONS, EVENTS, `${FUNCTIONS}/openapi.json`]) {
    expect((await send("GET", path, undefined, "user")).status).toBe(403);
    expect((await fetch(mesh().url + path)).status).toBe(401);
  }
});

test("a function that nobody serves is 503 with the function's label, not the service's", async () => {
  const response = await send("POST", `${FUNCTIONS}/invoke/${await stored("lonely")}`, {});
  expect(response.headers.get("Retry-After")).toBe("1");
  expect([response.status, await response.json()]).toMatchObject([
    503,
    { code: "worker_unavailable", detail: expect.stringContaining('"lonely"') },
  ]);
});

test("a function has the time that it says, and no more", async () => {
  const id = await stored("slow", { timeoutMs: 100 });
  const response = await send("POST", `${FUNCTIONS}/invoke/${id}`, {});
  expect([response.status, await response.json()]).toMatchObject([504, { code: "deadline_exceeded" }]);
});

test("what a function streams goes through", async () => {
  const response = await send("POST", `${FUNCTIONS}/invoke/${await stored("counting")}`, {});
  expect([response.headers.get("Content-Type"), await response.text()]).toEqual(["application/x-ndjson", "1\n2\n3\n"]);
});

test("what does not fit into one message arrives whole", async () => {
  const handler = "x".repeat(900_000);
  const id = await stored("large", { handler });
  await send("PUT", `${FUNCTIONS}/${id}`, { label: "large", handler });
  const versions = (await (await send("GET", `${FUNCTIONS}/${id}/versions`)).json()) as { handler: string }[];
  expect(versions.map((version) => version.handler === handler)).toEqual([true, true]);
  const script = await send("GET", `${FUNCTIONS}/swagger-ui/swagger-ui-bundle.js`);
  const installed = new TextDecoder().decode(await installedSwaggerAssets("swagger-ui-bundle.js"));
  expect((await script.text()) === installed).toBe(true);
});
