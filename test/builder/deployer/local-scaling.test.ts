import { afterEach, beforeEach, expect, test } from "vitest";
import type { Deployment } from "../../../mesh/deployment.ts";
import { deploymentOf } from "./deployments.ts";
import { InstancesInProcess } from "./instances-in-process.ts";
import { type LocalHome, openLocalHome } from "./local-home.ts";

const GREET = { project: "shop", label: "greet" };
const IMAGE = { reference: "shop/greet@sha256:1", repository: "shop/greet", digest: "sha256:1" };
const QUIET = new AbortController().signal;

let instances: InstancesInProcess;
let home: LocalHome;

beforeEach(async () => {
  instances = new InstancesInProcess();
  home = await openLocalHome({ instances: () => instances });
});
afterEach(() => home?.close());

test("there are as many instances as the calls need, and not more than there may be", async () => {
  await deploy(1, { scale: { min: 0, max: 4, concurrency: 10, idleSeconds: 60 } });
  instances.live[0]?.busy(10, 15);
  await instances.until(() => instances.live.length === 3);
  for (const each of instances.live) each.busy(10, 90);
  await instances.until(() => instances.live.length === 4);
  for (const each of instances.live) each.busy(10, 90);
  await rounds(3);
  expect(instances.live).toHaveLength(4);
  expect((await describeIt())?.versions[0]?.instances).toBe(4);
});

test("instances that have had nothing to do end, down to as many as there are to be", async () => {
  await deploy(1, { scale: { min: 2, max: 5, concurrency: 10, idleSeconds: 1 } });
  await instances.until(() => instances.live.length === 2);
  instances.live[0]?.busy(10, 25);
  await instances.until(() => instances.live.length === 4);
  const [busiest] = instances.live;
  busiest?.busy(5);
  await instances.until(() => instances.live.length === 2);
  expect(instances.live[0]).toBe(busiest);
  await rounds(2);
  expect(instances.live).toHaveLength(2);
});

test("what nobody calls sleeps, and many who want it wake it once", async () => {
  await deploy(1, { scale: { min: 0, max: 5, concurrency: 10, idleSeconds: 1 } });
  await instances.until(() => instances.live.length === 0);
  expect(await describeIt()).toMatchObject({ state: "ready", versions: [{ instances: 0 }] });
  expect(await Promise.all(Array.from({ length: 50 }, () => home.call(GREET)))).toEqual(Array(50).fill(1));
  expect(instances.started).toBe(2);
});

test("calls that are too short to be seen keep an instance", async () => {
  await deploy(1, { scale: { min: 0, max: 5, concurrency: 10, idleSeconds: 2 } });
  const [first] = instances.live;
  const until = performance.now() + 3_500;
  while (performance.now() < until) {
    await home.ask(GREET);
    await Bun.sleep(50);
  }
  expect(instances.live).toEqual([first]);
  expect(instances.started).toBe(1);
});

test("an instance that is too busy to answer gets help, and is not ended", async () => {
  await deploy(1, { scale: { min: 0, max: 5, concurrency: 10, idleSeconds: 60 } });
  const [first] = instances.live;
  first?.silence();
  await instances.until(() => instances.live.length === 2);
  expect(instances.live[0]).toBe(first);
  expect(await home.ask(GREET)).toBe(1);
});

test("calls are divided among versions as their traffic says", async () => {
  await deploy(1);
  await deploy(2, { traffic: { 1: 80, 2: 20 } });
  expect(instances.live.map(({ spec, share }) => [spec.deployment.version, share])).toEqual([
    [1, 4],
    [2, 1],
  ]);
  await home.deployer.setTraffic(GREET, { 1: 25, 2: 75 }, { signal: QUIET });
  expect(instances.live.map(({ share }) => share)).toEqual([1, 3]);
  await home.deployer.setTraffic(GREET, { 2: 100 }, { signal: QUIET });
  await instances.until(() => instances.live.length === 1);
  expect(instances.live.map(({ spec, share }) => [spec.deployment.version, share])).toEqual([[2, 1]]);
});

test("versions that share the calls sleep together, and are woken together", async () => {
  const scale = { min: 0, max: 5, concurrency: 10, idleSeconds: 1 };
  await deploy(1, { scale });
  await deploy(2, { scale: { ...scale, idleSeconds: 2 }, traffic: { 1: 50, 2: 50 } });
  instances.live[0]?.busy(1);
  await rounds(10);
  expect(versionsOf()).toEqual([1, 2]);
  instances.live[0]?.busy(0);
  await instances.until(() => instances.live.length === 0);
  await home.call(GREET);
  await instances.until(() => instances.live.length === 2);
  expect(new Set(versionsOf())).toEqual(new Set([1, 2]));
});

test("the version that is woken is chosen as the traffic says", async () => {
  const scale = { min: 0, max: 5, concurrency: 10, idleSeconds: 1 };
  await deploy(1, { scale });
  await deploy(2, { scale, traffic: { 1: 50, 2: 50 } });
  const woken = new Set<unknown>();
  // That one of two is never chosen in forty times is as likely as nothing.
  for (let time = 0; time < 40 && woken.size < 2; time++) {
    await home.reopen();
    woken.add(await home.call(GREET));
  }
  expect(woken).toEqual(new Set([1, 2]));
}, 30_000);

test("what is new is as strong as what it follows before it gets the calls", async () => {
  const scale = { min: 0, max: 5, concurrency: 10, idleSeconds: 60 };
  await deploy(1, { scale });
  instances.live[0]?.busy(10, 20);
  await instances.until(() => instances.live.length === 3);
  await deploy(2, { scale });
  expect(versionsOf().filter((version) => version === 2)).toHaveLength(3);
  expect(await home.ask(GREET)).toBe(2);
});

function deploy(version: number, rest: Partial<Deployment> = {}) {
  return home.deployer.deploy(deploymentOf(GREET, version, { image: IMAGE, ...rest }), { signal: QUIET });
}

function describeIt() {
  return home.deployer.describe(GREET, { signal: QUIET });
}

function versionsOf(): number[] {
  return instances.live.map(({ spec }) => spec.deployment.version);
}

/** Long enough for so many rounds in which something else might happen. */
function rounds(count: number): Promise<void> {
  return Bun.sleep(count * 250 + 50);
}
