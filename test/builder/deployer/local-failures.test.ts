import { afterEach, beforeEach, expect, test } from "vitest";
import type { Deployment } from "../../../mesh/deployment.ts";
import { jsonLog } from "../../../mesh/log.ts";
import { useNats } from "../../support/nats.ts";
import { deploymentOf } from "./deployments.ts";
import { type Behaviour, InstancesInProcess } from "./instances-in-process.ts";
import { type LocalHome, openLocalHome } from "./local-home.ts";

const GREET = { project: "shop", label: "greet" };
const IMAGE = { reference: "shop/greet@sha256:1", repository: "shop/greet", digest: "sha256:1" };
const ENDS: Behaviour = { reason: "exited", code: 7, lastLines: ["where is my database?"] };
const QUIET = new AbortController().signal;

let instances: InstancesInProcess;
let home: LocalHome;

beforeEach(async () => {
  instances = new InstancesInProcess();
  home = await openLocalHome({ instances: () => instances, startMs: 400 });
});
afterEach(() => home?.close());

test("a version that ends at once is told with what it wrote last", async () => {
  become(ENDS);
  await expect(deploy(1)).rejects.toMatchObject({
    code: "start_failed",
    message: expect.stringMatching(/version 1 of "greet" ended with code 7 before it took calls.*database/s) as string,
  });
  expect(await describeIt()).toBeUndefined();
});

test("a version that needs more memory than it may have is told as such", async () => {
  become({ reason: "out_of_memory", lastLines: [] });
  await expect(deploy(1)).rejects.toMatchObject({
    code: "out_of_memory",
    message: expect.stringContaining("256Mi") as string,
  });
});

test("a version that runs and does not take calls is ended and told", async () => {
  become("hangs");
  await expect(deploy(1)).rejects.toMatchObject({
    code: "not_ready",
    message: expect.stringContaining("0.4 seconds") as string,
  });
  expect(instances.live).toEqual([]);
});

test("what ended after it had worked is started again for the next call", async () => {
  await deploy(1);
  instances.live[0]?.end();
  await instances.until(() => instances.live.length === 0);
  expect(await home.call(GREET)).toBe(1);
  expect(await describeIt()).toMatchObject({ state: "ready" });
});

test("what has to run all the time is started again by itself", async () => {
  await deploy(1, { scale: { min: 1, max: 5, concurrency: 10, idleSeconds: 60 } });
  for (let count = 1; count <= 3; count++) {
    instances.live[0]?.end();
    await instances.until(() => instances.started === count + 1 && instances.live.length === 1);
  }
  expect(await home.call(GREET)).toBe(1);
});

test("what keeps ending is said to, and calls do not wait for it", async () => {
  await deploy(1);
  become(ENDS);
  instances.live[0]?.end();
  await instances.until(() => instances.live.length === 0);
  const refusals: unknown[] = [];
  while ((await describeIt())?.state !== "failed") {
    await wake().catch((error: unknown) => refusals.push(error));
    await Bun.sleep(20);
  }
  const startedBefore = instances.started;
  const startedAt = performance.now();
  await expect(wake()).rejects.toMatchObject({
    code: "crash_loop",
    message: expect.stringMatching(/5 times in a row; it is started again in \d s/) as string,
  });
  expect(performance.now() - startedAt).toBeLessThan(500);
  expect(instances.started).toBe(startedBefore);
  // The one that had worked, and four more: most of those who asked were not kept waiting for a start.
  expect(startedBefore).toBe(5);
  expect(refusals.length).toBeGreaterThan(5);
  expect(await describeIt()).toMatchObject({
    reason: "CrashLoop",
    message: expect.stringContaining("database") as string,
    versions: [{ state: "failed", reason: "CrashLoop", instances: 0 }],
  });
});

test("what keeps ending comes back by itself when its cause has gone", async () => {
  await deploy(1, { scale: { min: 1, max: 5, concurrency: 10, idleSeconds: 60 } });
  become(ENDS);
  instances.live[0]?.end();
  await instances.until(() => instances.started === 3 && instances.live.length === 0);
  become("runs");
  await instances.until(() => instances.live.length === 1);
  expect(await home.call(GREET)).toBe(1);
  expect(await describeIt()).toMatchObject({ state: "ready" });
});

test("a canary that does not start takes no calls from the other version", async () => {
  await deploy(1);
  await deploy(2, { image: { ...IMAGE, digest: "sha256:2" }, traffic: { 1: 50, 2: 50 } });
  instances.behaviours.set("sha256:2", ENDS);
  for (let time = 0; time < 5; time++) {
    await home.reopen();
    expect(await home.call(GREET)).toBe(1);
  }
  const [first] = instances.live;
  first?.end();
  await instances.until(() => first === undefined || !instances.live.includes(first));
  expect(await home.call(GREET)).toBe(1);
});

test("deploying the same again tries what had failed again", async () => {
  await deploy(1);
  become(ENDS);
  instances.live[0]?.end();
  while ((await describeIt())?.state === "ready") await Bun.sleep(5);
  await expect(deploy(1)).rejects.toMatchObject({ code: "start_failed" });
  become("runs");
  expect(await deploy(1)).toMatchObject({ state: "ready" });
  expect(await home.ask(GREET)).toBe(1);
});

test("the calls of an instance that has lost its way to the broker are for another one", async () => {
  await deploy(1);
  const [lost] = instances.live;
  lost?.silence();
  await home.deployer.setTraffic(GREET, { 1: 100 }, { signal: QUIET });
  await wake();
  expect(instances.live.length).toBeGreaterThan(1);
});

test("a broker that was away finds everything as it was", async () => {
  const scale = { min: 0, max: 5, concurrency: 10, idleSeconds: 60 };
  await deploy(1, { scale });
  await deploy(2, { scale, traffic: { 1: 75, 2: 25 } });
  const before = [...instances.live];
  const tcpPort = Number(new URL(home.nats.tcpUrl).port);
  await home.nats.stop();
  await until(() => home.broker.status === "disconnected");
  const nats = await useNats("embedded", { tcpPort });
  try {
    await until(() => home.broker.status === "connected");
    const answers = new Set<unknown>();
    while (answers.size < 2) answers.add(await home.call(GREET));
    before[0]?.busy(10, 5);
    // Who calls before they are back themselves has others started.
    await instances.until(() => instances.live.length >= 3);
    expect(instances.live.slice(0, 2)).toEqual(before);
    // One that was being started meanwhile may come late.
    while (instances.live.length > 0) {
      for (const instance of [...instances.live]) instance.end();
      await Bun.sleep(10);
    }
    expect([1, 2]).toContain(await home.call(GREET));
  } finally {
    await home.deployer.close();
    await nats.stop();
  }
});

test("an instance that says nothing for long is told of, and not ended", async () => {
  const logged: Record<string, unknown>[] = [];
  const log = jsonLog((line) => logged.push(JSON.parse(line) as Record<string, unknown>));
  const others = new InstancesInProcess();
  await using other = await openLocalHome({ instances: () => others, silentMs: 500, log });
  const scale = { min: 0, max: 1, concurrency: 10, idleSeconds: 60 };
  await other.deployer.deploy(deploymentOf(GREET, 1, { image: IMAGE, scale }), { signal: QUIET });
  const [silent] = others.live;
  silent?.silence();
  const describeOther = () => other.deployer.describe(GREET, { signal: QUIET });
  while ((await describeOther())?.reason !== "NotAnswering") await Bun.sleep(20);
  while (!logged.some(({ message }) => String(message).includes("does not say how it does"))) await Bun.sleep(20);
  expect(others.live).toContain(silent);
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await Bun.sleep(10);
}

function become(behaviour: Behaviour): void {
  instances.behaviours.set(IMAGE.digest, behaviour);
}

async function wake(): Promise<void> {
  const { onDemand } = home.deployer;
  if (onDemand.kind === "wake") await onDemand.wake(GREET, { signal: AbortSignal.timeout(10_000) });
}

function deploy(version: number, rest: Partial<Deployment> = {}) {
  return home.deployer.deploy(deploymentOf(GREET, version, { image: IMAGE, ...rest }), { signal: QUIET });
}

function describeIt() {
  return home.deployer.describe(GREET, { signal: QUIET });
}
