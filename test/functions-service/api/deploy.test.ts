import { expect, test } from "vitest";
import type { StoredFunction } from "../../../mesh/function.ts";
import type { Job } from "../../../mesh/job.ts";
import { FUNCTIONS, NO_ID } from "./use-api.ts";
import { useDeploying } from "./use-deploying.ts";

test("deploying is a job, and the same one while it is under way", async () => {
  const { api, id } = await useDeploying();
  const response = await api.send("POST", `${FUNCTIONS}/deploy/${id}?percent=25`);
  const job = (await response.json()) as Job;
  expect(job).toMatchObject({
    kind: "deploy",
    functionId: id,
    label: "hello",
    version: 1,
    percent: 25,
    createdBy: "ada",
  });
  expect([response.status, response.headers.get("Location")]).toEqual([202, `/api/v1/jobs/${job.id}`]);
  expect((await api.json<Job>("POST", `${FUNCTIONS}/deploy/${id}?percent=25`)).id).toBe(job.id);
  const otherwise = await api.send("POST", `${FUNCTIONS}/deploy/${id}`);
  expect([otherwise.status, await otherwise.text()]).toEqual([409, expect.stringContaining(job.id)]);
  expect(await api.json("GET", `${FUNCTIONS}/${id}`)).toMatchObject({ status: "deploying" });
});

test("it waits as long as the caller prefers, and the function says where it is called", async () => {
  const { api, id, deploy } = await useDeploying({ runs: true });
  const job = await deploy();
  expect(job).toMatchObject({ state: "succeeded", deployed: { traffic: { 1: 100 } } });
  const { status, url } = await api.json<StoredFunction>("GET", `${FUNCTIONS}/${id}`);
  expect([status, url]).toEqual(["deployed", "/v1/call/shop/hello/handler"]);
});

test.each([
  ["?version=7", 404],
  ["?version=0", 400],
  ["?percent=101", 400],
  ["?percent=half", 400],
  ["?versions=1", 400],
])("%s is refused", async (query, status) => {
  const { api, id } = await useDeploying();
  expect((await api.send("POST", `${FUNCTIONS}/deploy/${id}${query}`)).status).toBe(status);
});

test("what is not there is not deployed", async () => {
  const { api } = await useDeploying();
  expect((await api.send("POST", `${FUNCTIONS}/deploy/${NO_ID}`)).status).toBe(404);
});

test("while it is deployed nothing else changes where calls go, or takes it away", async () => {
  const { api, id } = await useDeploying();
  const { id: job } = await api.json<Job>("POST", `${FUNCTIONS}/deploy/${id}`);
  for (const [method, path, body] of [
    ["PUT", "traffic", { 1: 100 }],
    ["POST", "promote", { version: 1 }],
    ["DELETE", "deployment"],
  ] as const) {
    const response = await api.send(method, `${FUNCTIONS}/${id}/${path}`, body);
    expect([response.status, await response.text()]).toEqual([409, expect.stringContaining(job)]);
  }
});
