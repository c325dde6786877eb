import { expect, test } from "vitest";
import type { FunctionVersion, StoredFunction } from "../../../mesh/function.ts";
import { FUNCTIONS, type TestApi, hello, useApi } from "./use-api.ts";

/** A function with so many versions. */
async function withVersions(api: TestApi, count: number): Promise<string> {
  const { id } = await api.json("POST", FUNCTIONS, hello);
  const path = `${FUNCTIONS}/${String(id)}`;
  for (let version = 2; version <= count; version++) await api.send("PUT", path, { ...hello, handler: `v${version}` });
  return path;
}

test("versions are kept as they were, and listed newest first", async () => {
  const api = await useApi();
  const path = await withVersions(api, 3);
  const versions = await api.json<FunctionVersion[]>("GET", `${path}/versions`);
  expect(versions.map(({ version, handler }) => [version, handler])).toEqual([
    [3, "v3"],
    [2, "v2"],
    [1, hello.handler],
  ]);
  expect(await api.json("GET", `${path}/versions/2`)).toEqual(versions[1]);
  const first = await api.send("GET", `${path}/versions?limit=2`);
  expect(first.headers.get("Link")).toContain(`<${path}/versions?limit=2&cursor=`);
});

test.each(["4", "0", "01", "x", "1e0", "99999999999"])("there is no version %s", async (version) => {
  const api = await useApi();
  const response = await api.send("GET", `${await withVersions(api, 3)}/versions/${version}`);
  expect(response.status).toBe(404);
});

test("traffic is split between versions in one request, and a new version changes nothing of it", async () => {
  const api = await useApi();
  const path = await withVersions(api, 2);
  const response = await api.send("PUT", `${path}/traffic`, { 1: 90, 2: 10 });
  expect(response.headers.get("ETag")).toBe((await api.send("GET", path)).headers.get("ETag"));
  expect(await response.json()).toMatchObject({ version: 2, traffic: { 1: 90, 2: 10 } });
  expect(await api.json("PUT", path, hello)).toMatchObject({ version: 3, traffic: { 1: 90, 2: 10 } });
});

test.each([
  [{ 1: 50, 2: 40 }, "make it 100 percent"],
  [{}, "make it 100 percent"],
  [{ 1: 150, 2: -50 }, "150"],
  [{ 1: 99.5, 2: 0.5 }, "99.5"],
  [{ latest: 100 }, "name versions"],
  [{ 7: 100 }, "version 7"],
  [[100], "name versions"],
  [100, "Expected Object"],
])("traffic %j is refused", async (traffic, why) => {
  const api = await useApi();
  const path = await withVersions(api, 2);
  const response = await api.send("PUT", `${path}/traffic`, traffic);
  expect([response.status, await response.text()]).toEqual([400, expect.stringContaining(why)]);
});

test("one version is promoted, and rolled back from", async () => {
  const api = await useApi();
  const path = await withVersions(api, 3);
  const to = async (step: string, body?: unknown): Promise<unknown> =>
    (await api.json<Partial<StoredFunction>>("POST", `${path}/${step}`, body)).traffic;
  expect(await to("promote", { version: 3 })).toEqual({ 3: 100 });
  expect(await to("rollback")).toEqual({ 2: 100 });
  await api.send("PUT", `${path}/traffic`, { 3: 0, 2: 10, 1: 90 });
  expect(await to("rollback")).toEqual({ 1: 100 });
  expect((await api.send("POST", `${path}/rollback`)).status).toBe(409);
  expect((await api.send("POST", `${path}/promote`, { version: 4 })).status).toBe(400);
});

test("traffic is not changed for whom it has changed since", async () => {
  const api = await useApi();
  const path = await withVersions(api, 2);
  const stale = { "If-Match": (await api.send("GET", path)).headers.get("ETag") ?? "" };
  await api.send("POST", `${path}/promote`, { version: 2 });
  expect((await api.send("PUT", `${path}/traffic`, { 1: 100 }, stale)).status).toBe(412);
  expect((await api.send("POST", `${path}/promote`, { version: 1 }, stale)).status).toBe(412);
  expect((await api.send("POST", `${path}/rollback`, undefined, stale)).status).toBe(412);
});
