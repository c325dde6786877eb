import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DeployedFunction } from "../../../mesh/deployment.ts";
import type { StoredFunction } from "../../../mesh/function.ts";
import { type BuildingMesh, FUNCTIONS, startBuildingMesh } from "../building-mesh.ts";

const GREETER = 'export default ({ name }: { name: string }) => ({ text: "Hello, " + name + "!" });\n';

let mesh: BuildingMesh;
beforeAll(async () => {
  mesh = await startBuildingMesh({ deployer: { policy: "policy.json" } });
});
afterAll(() => mesh.stop());

async function allow(policy: object): Promise<void> {
  await writeFile(join(mesh.folder, "policy.json"), JSON.stringify(policy));
}

async function ownKey(): Promise<string> {
  return readFile(join(mesh.folder, ".fmesh/signing.pub"), "utf8");
}

async function invoke(id: string, data: unknown): Promise<readonly [number, unknown]> {
  const response = await mesh.send("POST", `${FUNCTIONS}/invoke/${id}`, { data });
  return [response.status, await response.json()];
}

test("a stored function is built, deployed by the policy, called, described and taken away", async () => {
  await allow({ signedBy: [await ownKey()], requireSbom: true, requireProvenance: true });
  const id = await mesh.store("greeter", GREETER);
  const job = await mesh.deploy(id);
  expect(job).toMatchObject({ kind: "deploy", state: "succeeded", version: 1 });
  expect(job.steps.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["look", "bundle", "push", "attest", "verify", "apply", "wait", "traffic"]),
  );
  expect(await invoke(id, { name: "Ada" })).toEqual([200, { text: "Hello, Ada!" }]);
  expect(await mesh.json<StoredFunction>("GET", `${FUNCTIONS}/${id}`)).toMatchObject({
    ...{ status: "deployed", traffic: { 1: 100 } },
    url: expect.stringContaining("greeter"),
  });
  expect(await mesh.json<DeployedFunction>("GET", `${FUNCTIONS}/${id}/deployment`)).toMatchObject({
    ...{ home: "local", state: "ready", traffic: { 1: 100 } },
    versions: [{ version: 1, state: "ready", instances: 1 }],
  });
  expect((await mesh.send("DELETE", `${FUNCTIONS}/${id}/deployment`)).status).toBe(204);
  const [status, problem] = await invoke(id, { name: "Ada" });
  expect([status, problem]).toEqual([503, expect.objectContaining({ code: "worker_unavailable" })]);
});

test("what the policy does not allow is not deployed, and every rule that does not hold is named", async () => {
  const registries = ["registry.example.com/approved"];
  await allow({ signedBy: [await ownKey()], registries, bases: [`sha256:${"0".repeat(64)}`] });
  const id = await mesh.store("stranger", GREETER);
  const { state, error } = await mesh.deploy(id);
  expect([state, error?.code]).toEqual(["failed", "policy_refused"]);
  expect(error?.message).toMatch(/registries: .*bases: |bases: .*registries: /);
  expect((await invoke(id, { name: "Ada" }))[0]).toBe(503);
});

test("without anything to judge by nothing is deployed", async () => {
  await rm(join(mesh.folder, "policy.json"), { force: true });
  const id = await mesh.store("unjudged", GREETER);
  const { state, error } = await mesh.deploy(id);
  expect([state, error?.code]).toEqual(["failed", "invalid"]);
  expect(error?.message).toContain("there is nothing to judge images by");
  expect(error?.message).toContain("deployer.policy");
});

test("a version that does not come up leaves the one before it in place", async () => {
  await allow({ signedBy: [await ownKey()] });
  const id = await mesh.store("fragile", GREETER);
  expect(await mesh.deploy(id)).toMatchObject({ state: "succeeded" });
  const broken = { label: "fragile", handler: 'throw new Error("not today");\nexport default () => 1;\n' };
  expect((await mesh.send("PUT", `${FUNCTIONS}/${id}`, broken)).status).toBe(200);
  const { state, error } = await mesh.deploy(id);
  expect([state, error?.code]).toEqual(["failed", "start_failed"]);
  expect(error?.message).toContain("not today");
  expect(await invoke(id, { name: "Ada" })).toEqual([200, { text: "Hello, Ada!" }]);
});

test("a canary gets its share, and is promoted and rolled back", async () => {
  await allow({ signedBy: [await ownKey()] });
  const id = await mesh.store("canary", "export default () => 1;\n");
  expect(await mesh.deploy(id)).toMatchObject({ state: "succeeded" });
  await mesh.send("PUT", `${FUNCTIONS}/${id}`, { label: "canary", handler: "export default () => 2;\n" });
  expect(await mesh.deploy(id, "?percent=50")).toMatchObject({ state: "succeeded" });
  expect(await mesh.json("GET", `${FUNCTIONS}/${id}`)).toMatchObject({ traffic: { 1: 50, 2: 50 } });
  const answers = await Promise.all(Array.from({ length: 60 }, () => invoke(id, {})));
  expect(new Set(answers.map(([, version]) => version))).toEqual(new Set([1, 2]));
  await mesh.send("POST", `${FUNCTIONS}/${id}/promote`, { version: 2 });
  expect(await invoke(id, {})).toEqual([200, 2]);
  await mesh.send("POST", `${FUNCTIONS}/${id}/rollback`);
  expect(await invoke(id, {})).toEqual([200, 1]);
});
