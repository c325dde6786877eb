import { expect, test } from "vitest";
import { MeshError } from "../../../mesh/errors.ts";
import type { StoredFunction, Traffic } from "../../../mesh/function.ts";
import { FUNCTIONS } from "./use-api.ts";
import { type Deploying, useDeploying } from "./use-deploying.ts";

async function withDeployed(versions: number, ...deployed: readonly number[]): Promise<Deploying> {
  const deploying = await useDeploying({ runs: true, versions });
  for (const version of deployed) await deploying.deploy(version);
  return deploying;
}

async function trafficOf({ api, id, deployer }: Deploying): Promise<readonly (Traffic | undefined)[]> {
  const { traffic } = await api.json<StoredFunction>("GET", `${FUNCTIONS}/${id}`);
  return [traffic, deployer.deployed.get("hello")?.traffic];
}

test("traffic of what is deployed is changed there as well", async () => {
  const deploying = await withDeployed(3, 1, 2);
  const { api, id } = deploying;
  expect(await api.json("PUT", `${FUNCTIONS}/${id}/traffic`, { 1: 90, 2: 10, 3: 0 })).toMatchObject({
    traffic: { 1: 90, 2: 10, 3: 0 },
  });
  expect(await trafficOf(deploying)).toEqual([
    { 1: 90, 2: 10, 3: 0 },
    { 1: 90, 2: 10 },
  ]);
  await api.send("POST", `${FUNCTIONS}/${id}/promote`, { version: 1 });
  expect(await trafficOf(deploying)).toEqual([{ 1: 100 }, { 1: 100 }]);
});

test("calls are not sent to a version that is not deployed, and nothing changes", async () => {
  const deploying = await withDeployed(3, 1, 2);
  const { api, id } = deploying;
  const response = await api.send("PUT", `${FUNCTIONS}/${id}/traffic`, { 2: 90, 3: 10 });
  expect([response.status, await response.json()]).toMatchObject([
    409,
    { detail: 'version 3 of function "hello" is not deployed; deploy it before calls are sent to it' },
  ]);
  expect(await trafficOf(deploying)).toEqual([{ 2: 100 }, { 2: 100 }]);
});

test("a rollback goes to the version before that is deployed", async () => {
  const deploying = await withDeployed(4, 1, 2, 4);
  const { api, id } = deploying;
  const back = async (): Promise<number> => (await api.send("POST", `${FUNCTIONS}/${id}/rollback`)).status;
  expect(await back()).toBe(200);
  expect(await trafficOf(deploying)).toEqual([{ 2: 100 }, { 2: 100 }]);
  expect(await back()).toBe(200);
  expect(await back()).toBe(409);
  expect(await trafficOf(deploying)).toEqual([{ 1: 100 }, { 1: 100 }]);
});

test("a rollback leaves out versions that do not run", async () => {
  const deploying = await withDeployed(3, 1, 2, 3);
  const { api, id, deployer } = deploying;
  const before = deployer.deployed.get("hello");
  if (before === undefined) throw new Error("it is not deployed");
  const versions = before.versions.map((each) => (each.version === 2 ? { ...each, state: "failed" as const } : each));
  deployer.deployed.set("hello", { ...before, versions });
  await api.send("POST", `${FUNCTIONS}/${id}/rollback`);
  expect(await trafficOf(deploying)).toEqual([{ 1: 100 }, { 1: 100 }]);
});

test("without the deployer nothing changes, and doing it again converges", async () => {
  const deploying = await withDeployed(2, 1, 2);
  const { api, id, deployer } = deploying;
  const promote = () => api.send("POST", `${FUNCTIONS}/${id}/promote`, { version: 1 });
  const answer = deployer.answer.bind(deployer);
  deployer.answer = (name, ...rest) => {
    if (name !== "traffic") return answer(name, ...rest);
    deployer.answer = answer;
    throw new MeshError("worker_unavailable", "nobody", { retryAfterSeconds: 1 });
  };
  expect((await promote()).status).toBe(503);
  expect((await promote()).status).toBe(200);
  expect(await trafficOf(deploying)).toEqual([{ 1: 100 }, { 1: 100 }]);
  deploying.leave();
  expect((await api.send("POST", `${FUNCTIONS}/${id}/promote`, { version: 2 })).status).toBe(503);
  expect(await trafficOf(deploying)).toEqual([{ 1: 100 }, { 1: 100 }]);
});

test("of several changes at once the last one remains, in the store and at the deployer", async () => {
  const deploying = await withDeployed(2, 1, 2);
  const { api, id, deployer } = deploying;
  const answer = deployer.answer.bind(deployer);
  // Later ones are done sooner.
  let waits = 8;
  deployer.answer = (name, ...rest) => {
    if (name !== "traffic") return answer(name, ...rest);
    let turns = waits-- * 5;
    return (async () => {
      while (turns-- > 0) await new Promise((resolve) => setImmediate(resolve));
      return answer(name, ...rest);
    })();
  };
  const shares = [10, 20, 30, 40, 50, 60, 70, 80];
  await Promise.all(shares.map((share) => api.send("PUT", `${FUNCTIONS}/${id}/traffic`, { 1: share, 2: 100 - share })));
  const [stored, there] = await trafficOf(deploying);
  expect(there).toEqual(stored);
});

test("what the deployer says reaches the caller", async () => {
  const { api, id, deployer } = await withDeployed(2, 1, 2);
  const answer = deployer.answer.bind(deployer);
  deployer.answer = (name, ...rest) => {
    if (name !== "traffic") return answer(name, ...rest);
    throw new MeshError("function_failed", "the cluster does not answer", { status: 503, reason: "unreachable" });
  };
  expect(await api.json("POST", `${FUNCTIONS}/${id}/promote`, { version: 1 })).toMatchObject({
    ...{ status: 503, reason: "unreachable", detail: "the cluster does not answer" },
  });
});
