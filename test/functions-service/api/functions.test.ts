import * as v from "valibot";
import { expect, test } from "vitest";
import { functionSchema } from "../../../functions-service/api/schemas.ts";
import type { StoredFunction } from "../../../mesh/function.ts";
import { FUNCTIONS, NO_ID, hello, useApi } from "./use-api.ts";

test("a function is created with an id, a path and an entity tag, in the caller's name", async () => {
  const api = await useApi();
  const response = await api.send("POST", FUNCTIONS, { ...hello, description: "says it", id: "mine", version: 7 });
  const created = (await response.json()) as StoredFunction;
  expect(response.status).toBe(201);
  expect(response.headers.get("Location")).toBe(`${FUNCTIONS}/${created.id}`);
  expect(response.headers.get("ETag")).toMatch(/^"[^"]+"$/);
  expect(created).toMatchObject({ ...hello, description: "says it", version: 1, createdBy: "ada", status: "created" });
  expect(v.safeParse(v.strictObject(functionSchema.entries), created).issues).toBeUndefined();
  expect(await api.json("GET", `${FUNCTIONS}/${created.id.toUpperCase()}`)).toEqual(created);
});

test.each([
  [{ id: 7 }, "7"],
  [{ sub: "bob" }, "bob"],
  [{ id: { not: "a name" } }, "anonymous"],
])("claims %j make a function %s's", async (claims, createdBy) => {
  const api = await useApi({ claims });
  expect(await api.json("POST", FUNCTIONS, hello)).toMatchObject({ createdBy });
});

test("without paging the list is a bare array of all, by label", async () => {
  const api = await useApi();
  expect(await api.json("GET", FUNCTIONS)).toEqual([]);
  for (const label of ["b", "c", "a"]) await api.send("POST", FUNCTIONS, { ...hello, label });
  const response = await api.send("GET", FUNCTIONS);
  expect(((await response.json()) as StoredFunction[]).map(({ label }) => label)).toEqual(["a", "b", "c"]);
  expect(response.headers.get("Link")).toBeNull();
});

test("the links of a list lead through all its pages", async () => {
  const api = await useApi();
  for (const label of ["a", "b", "c", "d", "e"]) await api.send("POST", FUNCTIONS, { ...hello, label });
  const pages: string[][] = [];
  for (let path: string | undefined = `${FUNCTIONS}?limit=2`; path !== undefined;) {
    const response = await api.send("GET", path);
    pages.push(((await response.json()) as StoredFunction[]).map(({ label }) => label));
    path = /^<(.*)>; rel="next"$/.exec(response.headers.get("Link") ?? "")?.[1];
  }
  expect(pages).toEqual([["a", "b"], ["c", "d"], ["e"]]);
});

test("an update is a new version, and what it leaves out gets its default", async () => {
  const api = await useApi();
  const { id } = await api.json("POST", FUNCTIONS, { ...hello, env: { A: "1" } });
  const updated = await api.json("PUT", `${FUNCTIONS}/${String(id)}`, { ...hello, handler: "new", createdBy: "eve" });
  expect(updated).toMatchObject({ id, version: 2, handler: "new", env: {}, createdBy: "ada" });
  expect(await api.json("GET", `${FUNCTIONS}/${String(id)}`)).toEqual(updated);
});

test("with If-Match an update is made only on the state that it is based on", async () => {
  const api = await useApi();
  const created = await api.send("POST", FUNCTIONS, hello);
  const path = created.headers.get("Location") ?? "";
  const tag = created.headers.get("ETag") ?? "";
  const put = (ifMatch: string): Promise<Response> => api.send("PUT", path, hello, { "If-Match": ifMatch });
  const first = await put(tag);
  expect(first.status).toBe(200);
  const now = first.headers.get("ETag") ?? "";
  expect(now).not.toBe(tag);
  expect(await (await put(tag)).json()).toMatchObject({ status: 412, code: "invalid_request" });
  expect((await put(`W/${now}`)).status).toBe(412);
  expect((await put("nonsense")).status).toBe(412);
  expect((await put(`${tag}, ${now}`)).status).toBe(200);
  expect((await put("*")).status).toBe(200);
  expect((await api.send("DELETE", path, undefined, { "If-Match": tag })).status).toBe(412);
  expect(await api.json("GET", path)).toMatchObject({ version: 4 });
});

test("of two updates based on the same state at the same time one is refused", async () => {
  const api = await useApi();
  const created = await api.send("POST", FUNCTIONS, hello);
  const headers = { "If-Match": created.headers.get("ETag") ?? "" };
  const path = created.headers.get("Location") ?? "";
  const both = await Promise.all([1, 2].map(() => api.send("PUT", path, hello, headers)));
  expect(both.map(({ status }) => String(status)).sort()).toEqual(["200", "412"]);
});

test("a label that is taken is refused with 409, to whoever creates and whoever renames", async () => {
  const api = await useApi();
  await api.send("POST", FUNCTIONS, hello);
  const again = await api.send("POST", FUNCTIONS, hello);
  expect(again.status).toBe(409);
  expect(await again.json()).toMatchObject({ detail: expect.stringContaining('"hello"') });
  const { id } = await api.json("POST", FUNCTIONS, { ...hello, label: "other" });
  expect((await api.send("PUT", `${FUNCTIONS}/${String(id)}`, hello)).status).toBe(409);
});

test("a function that is deleted is gone, and cannot be deleted again", async () => {
  const api = await useApi();
  const { id } = await api.json("POST", FUNCTIONS, hello);
  const path = `${FUNCTIONS}/${String(id)}`;
  const deleted = await api.send("DELETE", path);
  expect([deleted.status, await deleted.text()]).toEqual([204, ""]);
  for (const method of ["GET", "DELETE"]) expect((await api.send(method, path)).status).toBe(404);
});

test.each([
  ["GET", "", undefined],
  ["PUT", "", hello],
  ["DELETE", "", undefined],
  ["GET", "/versions", undefined],
  ["GET", "/versions/1", undefined],
  ["PUT", "/traffic", { 1: 100 }],
  ["POST", "/promote", { version: 1 }],
  ["POST", "/rollback", undefined],
])("%s {id}%s is not found for an id that is none or nobody's", async (method, rest, body) => {
  const api = await useApi();
  for (const id of [NO_ID, "hello", "%2e%2e", "1'--"]) {
    const response = await api.send(method, `${FUNCTIONS}/${id}${rest}`, body);
    expect([response.status, await response.json()]).toMatchObject([404, { code: "function_not_found" }]);
  }
});
