import { expect, test } from "vitest";
import { EVENTS, FUNCTIONS, NO_ID, hello, useApi } from "./use-api.ts";

test("a body that does not fit is refused with every issue and where it is", async () => {
  const api = await useApi();
  const wrong = { label: "a.b", handler: "", env: { A: 1 }, timeoutMs: 0.5 };
  const response = await api.send("POST", FUNCTIONS, wrong);
  expect(response.headers.get("Content-Type")).toBe("application/problem+json");
  const problem = (await response.json()) as { errors: { path: string[] }[] };
  expect(problem).toMatchObject({
    type: expect.stringMatching(/\/invalid_request$/),
    status: 400,
    code: "invalid_request",
    instance: "urn:fmesh:call:c0ffee",
    traceId: "0af7651916cd43dd8448eb211c80319c",
    detail: "body.label: use 1 to 64 letters, digits, _ or - (and 3 more)",
  });
  const paths = problem.errors.map(({ path }) => path.join("."));
  expect(paths.sort()).toEqual(["env.A", "handler", "label", "timeoutMs"]);
});

test.each(["functions", "builder", "deployer"])("no function has the name of the house's service %s", async (label) => {
  const api = await useApi();
  expect(await api.json("POST", FUNCTIONS, { ...hello, label })).toMatchObject({
    ...{ status: 400, code: "invalid_request" },
    detail: "body.label: is the name of a service of the mesh itself; use another",
  });
});

test.each([
  [{ env: { "A-B": "1" } }, "env.A-B"],
  [{ env: { "": "1" } }, "env."],
  [{ secrets: { "../KEY": "stripe/key" } }, "secrets.../KEY"],
  [{ secrets: { KEY: "the secret itself" } }, "secrets.KEY"],
  [{ secrets: { KEY: "stripe/.." } }, "secrets.KEY"],
  [{ scale: { min: 3, max: 2 } }, "scale"],
  [{ resources: { memory: "16Mi" } }, "resources.memory"],
  [{ resources: { cpu: "fast" } }, "resources.cpu"],
  [{ network: "some" }, "network"],
])("a function with %j is refused", async (change, path) => {
  const api = await useApi();
  const { errors } = await api.json<{ errors: { path: string[] }[] }>("POST", FUNCTIONS, { ...hello, ...change });
  expect(errors.map((error) => error.path.join("."))).toEqual([path]);
});

test.each(["{", "undefined", "'text'", '{"label":"a"}}'])("the body %s is no JSON", async (body) => {
  const api = await useApi();
  expect(await api.json("POST", FUNCTIONS, body)).toMatchObject({ status: 400, detail: "the body is not valid JSON" });
});

test.each(["null", "[]", '"text"', "7", ""])("the body %s is no function", async (body) => {
  const api = await useApi();
  expect(await api.json("POST", FUNCTIONS, body)).toMatchObject({ status: 400, code: "invalid_request" });
});

test("another media type than JSON is refused with 415", async () => {
  const api = await useApi();
  const send = async (type: string): Promise<number> =>
    (await api.send("POST", EVENTS, { type: "OTHER", source: "me" }, { "Content-Type": type })).status;
  expect(await send("text/plain")).toBe(415);
  expect(await send("application/x-www-form-urlencoded")).toBe(415);
  expect(await send("application/jsonp")).toBe(415);
  expect(await send("application/json; charset=utf-8")).toBe(201);
  expect(await send("application/cloudevents+json")).toBe(201);
});

test.each([
  ["PATCH", FUNCTIONS, "GET, HEAD, POST"],
  ["POST", `${FUNCTIONS}/${NO_ID}`, "GET, HEAD, PUT, DELETE"],
  ["GET", `${FUNCTIONS}/build/${NO_ID}`, "POST"],
  ["DELETE", `${FUNCTIONS}/invoke/${NO_ID}`, "POST, GET, HEAD"],
  ["OPTIONS", `${FUNCTIONS}/${NO_ID}/traffic`, "PUT"],
  ["DELETE", EVENTS, "GET, HEAD, POST"],
  ["PATCH", `${EVENTS}/${NO_ID}`, "GET, HEAD, PUT, DELETE"],
])("%s %s is answered with 405 and what is allowed", async (method, path, allowed) => {
  const api = await useApi();
  const response = await api.send(method, path);
  expect([response.status, response.headers.get("Allow")]).toEqual([405, allowed]);
  expect(await response.json()).toMatchObject({ code: "invalid_request", detail: expect.stringContaining(method) });
});

test.each(["/api", "/api/v2/functions", "/api/v1/functions/", `${EVENTS}/a/b`])(
  "there is nothing at %s",
  async (path) => {
    const api = await useApi();
    const response = await api.send("GET", path);
    expect([response.status, await response.json()]).toMatchObject([404, { detail: `there is nothing at ${path}` }]);
  },
);

test.each([
  "limit=0",
  "limit=1001",
  "limit=x",
  "limit=1.5",
  "limit=",
  "limit=1&limit=2",
  "cursor=",
  "cursor=made-up",
  "page=2",
])("a list with ?%s is refused", async (query) => {
  const api = await useApi();
  const response = await api.send("GET", `${FUNCTIONS}?${query}`);
  expect([response.status, await response.json()]).toMatchObject([400, { code: "invalid_request" }]);
});

test("what goes wrong inside is logged with its cause, and hidden from the caller", async () => {
  const cause = new Error("the disk of db-7 is on fire");
  const api = await useApi({
    wrap: (store) => ({
      ...store,
      events: store.events,
      functions: Object.assign(Object.create(store.functions), { create: () => Promise.reject(cause) }),
    }),
  });
  const response = await api.send("POST", FUNCTIONS, hello);
  const text = await response.text();
  expect(response.status).toBe(500);
  expect(text).not.toContain("db-7");
  expect(api.logged).toMatchObject([{ message: "a request failed", error: cause, method: "POST", path: FUNCTIONS }]);
});
