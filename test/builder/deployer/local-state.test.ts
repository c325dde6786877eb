import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openLocalDeployer } from "../../../builder/deployer/local.ts";
import type { DeployedName, Deployment } from "../../../mesh/deployment.ts";
import { jsonLog, silentLog } from "../../../mesh/log.ts";
import { collecting, deploymentOf } from "./deployments.ts";
import { InstancesInProcess } from "./instances-in-process.ts";
import { type LocalHome, openLocalHome } from "./local-home.ts";

const GREET = { project: "shop", label: "greet" };
const QUIET = new AbortController().signal;
const ALWAYS = { min: 1, max: 5, concurrency: 10, idleSeconds: 60 };

let instances: InstancesInProcess;
let home: LocalHome;
let logged: Record<string, unknown>[];

beforeEach(async () => {
  instances = new InstancesInProcess();
  logged = [];
  const log = jsonLog((line) => logged.push(JSON.parse(line) as Record<string, unknown>));
  home = await openLocalHome({ instances: () => instances, log });
});
afterEach(() => home?.close());

test("deployments come back as they were: some run at once, others when they are called", async () => {
  await deploy(GREET, 1);
  await deploy(GREET, 2, { traffic: { 1: 25, 2: 75 } });
  const always = { project: "shop", label: "always" };
  await deploy(always, 1, { scale: ALWAYS });
  const before = await home.deployer.list("shop", { signal: QUIET });

  const deployer = await home.reopen();
  await instances.until(() => instances.live.length === 1);
  expect(instances.live.map(({ spec }) => spec.deployment.label)).toEqual(["always"]);
  const after = await deployer.list("shop", { signal: QUIET });
  expect(after.map(({ label, traffic, versions }) => [label, traffic, versions.map(({ version }) => version)])).toEqual(
    before.map(({ label, traffic, versions }) => [label, traffic, versions.map(({ version }) => version)]),
  );
  expect([1, 2]).toContain(await home.call(GREET));
  await instances.until(() => instances.live.length === 3);
  const handed = collecting<readonly DeployedName[]>();
  deployer.watch(handed.take)();
  expect((await handed.until(() => true)).map(({ label }) => label).toSorted()).toEqual(["always", "greet"]);
});

test("a deployer that is closed lets all instances end, and forgets nothing", async () => {
  await deploy(GREET, 1, { scale: ALWAYS });
  await home.deployer.close();
  expect(instances.live).toEqual([]);
  expect(await readdir(join(home.folder, "deployments/shop"))).toEqual(["greet.json"]);
});

test("a file that cannot be read is set aside and told; the others are deployed", async () => {
  const other = { project: "shop", label: "other" };
  await deploy(GREET, 1);
  await deploy(other, 1);
  const file = join(home.folder, "deployments/shop/greet.json");
  await writeFile(file, (await readFile(file, "utf8")).slice(0, 40));
  const deployer = await home.reopen();
  expect((await deployer.list("shop", { signal: QUIET })).map(({ label }) => label)).toEqual(["other"]);
  expect(logged.filter(({ level }) => level === "error")).toMatchObject([
    { message: expect.stringContaining("set aside") as string, function: "greet", file: `${file}.broken` },
  ]);
  expect(await deploy(GREET, 1)).toMatchObject({ state: "ready" });
});

test("a second deployer is told that the folder is taken", async () => {
  const folder = join(home.folder, "deployments");
  const opening = openLocalDeployer({
    ...{ instances, broker: home.broker, folder, log: silentLog, natsUrlFor: () => home.nats.tcpUrl },
  });
  await expect(opening).rejects.toThrow(`another deployer works in the folder "${folder}"`);
});

test("names that lead elsewhere are refused", async () => {
  for (const label of ["../shop", "a.b", "", "*"]) {
    await expect(deploy({ project: "shop", label }, 1)).rejects.toMatchObject({ code: "invalid" });
  }
});

test("what is removed does not come back, and neither do its images", async () => {
  await deploy(GREET, 1);
  expect(instances.kept.at(-1)).toEqual(["sha256:1"]);
  await home.deployer.remove(GREET, { signal: QUIET });
  expect(instances.live).toEqual([]);
  expect(instances.kept.at(-1)).toEqual([]);
  const deployer = await home.reopen();
  expect(await deployer.list("shop", { signal: QUIET })).toEqual([]);
});

test("of the versions that get no calls the newest ten stay", async () => {
  for (let version = 1; version <= 13; version++) await deploy(GREET, version, { traffic: { 1: 100 } });
  const deployed = await home.deployer.describe(GREET, { signal: QUIET });
  expect(deployed?.versions.map(({ version }) => version)).toEqual([13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 1]);
});

function deploy(name: DeployedName, version: number, rest: Partial<Deployment> = {}) {
  const image = { reference: "shop/greet@sha256:1", repository: "shop/greet", digest: "sha256:1" };
  return home.deployer.deploy(deploymentOf(name, version, { image, ...rest }), { signal: QUIET });
}
