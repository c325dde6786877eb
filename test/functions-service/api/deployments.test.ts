import { expect, test } from "vitest";
import type { StoredFunction } from "../../../mesh/function.ts";
import { FUNCTIONS, hello } from "./use-api.ts";
import { useDeploying } from "./use-deploying.ts";

test("a deployment is shown as its deployer describes it, alone and with the others", async () => {
  const { api, id, deploy } = await useDeploying({ runs: true });
  const path = `${FUNCTIONS}/${id}/deployment`;
  expect(await api.json("GET", path)).toMatchObject({
    status: 404,
    detail: `function "hello" is not deployed; deploy it with POST /api/v1/functions/deploy/${id}`,
  });
  await deploy();
  const shown = await api.json("GET", path);
  expect(shown).toMatchObject({ label: "hello", home: "local", state: "ready", traffic: { 1: 100 } });
  expect(await api.json("GET", "/api/v1/deployments")).toEqual([shown]);
});

test("undeploying ends it, also when it is done again; the function stays", async () => {
  const { api, id, deploy, deployer } = await useDeploying({ runs: true });
  await deploy();
  const path = `${FUNCTIONS}/${id}/deployment`;
  expect((await api.send("DELETE", path)).status).toBe(204);
  expect((await api.send("DELETE", path)).status).toBe(204);
  expect(deployer.deployed.size).toBe(0);
  const stored = await api.json<StoredFunction>("GET", `${FUNCTIONS}/${id}`);
  expect(stored).toMatchObject({ status: "built" });
  expect(stored).not.toHaveProperty("url");
  expect((await api.send("GET", path)).status).toBe(404);
});

test("a function that is deleted is undeployed before, or stays as it is", async () => {
  const { api, id, deploy, deployer, leave } = await useDeploying({ runs: true });
  await deploy();
  const { headers } = await api.send("GET", `${FUNCTIONS}/${id}`);
  const fresh = { "If-Match": headers.get("ETag") ?? "" };
  expect((await api.send("DELETE", `${FUNCTIONS}/${id}`, undefined, { "If-Match": '"stale"' })).status).toBe(412);
  expect(deployer.deployed.size).toBe(1);
  expect((await api.send("DELETE", `${FUNCTIONS}/${id}`, undefined, fresh)).status).toBe(204);
  expect(deployer.deployed.size).toBe(0);
  const { id: other } = await api.json<{ id: string }>("POST", FUNCTIONS, hello);
  leave();
  // Of what never was deployed no deployer has to know.
  expect((await api.send("DELETE", `${FUNCTIONS}/${other}`)).status).toBe(204);
});

test("without its deployer a deployed function is neither shown nor deleted", async () => {
  const { api, id, deploy, leave } = await useDeploying({ runs: true });
  await deploy();
  leave();
  for (const [method, path] of [
    ["GET", `${FUNCTIONS}/${id}/deployment`],
    ["GET", `${FUNCTIONS}/${id}/logs`],
    ["GET", "/api/v1/deployments"],
    ["DELETE", `${FUNCTIONS}/${id}/deployment`],
    ["DELETE", `${FUNCTIONS}/${id}`],
  ] as const) {
    const response = await api.send(method, path);
    expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "1"]);
    expect(await response.json()).toMatchObject({ detail: expect.stringContaining("start one: fmesh deployer") });
  }
});

test("what somebody else has deployed is shown, too; without a deployer nothing is deployed", async () => {
  const { api, id, deployer, leave } = await useDeploying();
  const version = { version: 1, state: "ready", image: "sha256:ab" } as const;
  const about = { project: "shop", label: "hello", home: "knative", state: "ready", traffic: { 1: 100 } } as const;
  deployer.deployed.set("hello", { ...about, versions: [version] });
  expect(await api.json("GET", `${FUNCTIONS}/${id}/deployment`)).toMatchObject(about);
  expect((await api.send("GET", `${FUNCTIONS}/${id}/logs`)).status).toBe(200);
  leave();
  expect((await api.send("GET", `${FUNCTIONS}/${id}/deployment`)).status).toBe(404);
});

test("what is deployed keeps its label until it is undeployed", async () => {
  const { api, id, deploy } = await useDeploying({ runs: true });
  await deploy();
  const rename = () => api.send("PUT", `${FUNCTIONS}/${id}`, { ...hello, label: "hi" });
  const refused = await rename();
  expect([refused.status, await refused.text()]).toEqual([409, expect.stringContaining("undeploy it")]);
  await api.send("DELETE", `${FUNCTIONS}/${id}/deployment`);
  expect((await rename()).status).toBe(200);
});

test("who calls what does not run is told why", async () => {
  const { api, id, deploy, deployer, leave } = await useDeploying({ runs: true });
  const why = async (): Promise<unknown> => (await api.json("POST", `${FUNCTIONS}/invoke/${id}`, {}))["detail"];
  const prefix = 'nobody serves function "hello" at the moment: ';
  expect(await why()).toBe(`${prefix}it is not deployed; deploy it first`);
  await deploy();
  expect(await why()).toBe(`${prefix}it is deployed, and can be started; try again`);
  const [deployed] = [...deployer.deployed.values()];
  if (deployed === undefined) throw new Error("nothing is deployed");
  deployer.deployed.set("hello", { ...deployed, state: "failed", reason: "CrashLoop", message: "it ended 5 times" });
  expect(await why()).toBe(`${prefix}it ended 5 times`);
  deployer.deployed.set("hello", { ...deployed, state: "progressing" });
  expect(await why()).toBe(`${prefix}it is being started`);
  deployer.deployed.clear();
  expect(await why()).toBe(`${prefix}it is not deployed; deploy it first`);
  leave();
  expect(await why()).toBe(`${prefix}no deployer serves project "shop"; start one: fmesh deployer`);
});
