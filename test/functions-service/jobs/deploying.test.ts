import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { CallMesh } from "../../../functions-service/ask-mesh.ts";
import { type JobRunner, startJobRunner } from "../../../functions-service/jobs/runner.ts";
import type { Store } from "../../../functions-service/store.ts";
import { MeshError } from "../../../mesh/errors.ts";
import type { Traffic } from "../../../mesh/function.ts";
import type { Job } from "../../../mesh/job.ts";
import { silentLog } from "../../../mesh/log.ts";
import { ScriptedDeployer } from "../scripted-deployer.ts";
import { type StorePlace, sqlitePlace } from "../store-place.ts";
import { functionInput } from "../store-samples.ts";

const IMAGE = { reference: "registry.test/shop/adder@sha256:ab", repository: "shop/adder", digest: "sha256:ab" };

let place: StorePlace;
let store: Store;
let deployer: ScriptedDeployer;
let builds = 0;
const runners: JobRunner[] = [];
beforeEach(async () => {
  place = await sqlitePlace();
  store = await place.open();
  deployer = new ScriptedDeployer();
  builds = 0;
});
afterEach(async () => {
  await Promise.all(runners.splice(0).map((runner) => runner.close()));
  await place.close();
});

/** A mesh with a builder and a deployer. */
const mesh: CallMesh = async (service, name, params, { signal }) => {
  if (service === "deployer") return deployer.answer(name, params, signal);
  builds += 1;
  return (async function* () {
    yield { step: "bundle", state: "began" };
    yield { step: "bundle", state: "ended", durationMs: 3 };
    yield { image: IMAGE };
  })();
};

function run(call: CallMesh = mesh, of: Store = store): JobRunner {
  const runner = startJobRunner({ store: of, project: "shop", call, log: silentLog, leaseMs: 400, tellMs: 20 });
  runners.push(runner);
  return runner;
}

async function stored(versions = 1): Promise<string> {
  const { id } = await store.functions.create("shop", functionInput("adder"), "u1");
  for (let made = 1; made < versions; made++) {
    await store.functions.update("shop", id, functionInput("adder"), { by: "u1" });
  }
  return id;
}

async function queue(functionId: string, version = 1, percent = 100): Promise<Job> {
  const about = { functionId, label: "adder", version, percent, createdBy: "u1" };
  const job = await store.jobs.create("shop", { kind: "deploy", ...about });
  for (const runner of runners) runner.wake();
  return job;
}

function ended(job: Job): Promise<Job> {
  return vi.waitFor(
    async () => {
      const now = await store.jobs.get("shop", job.id);
      if (now?.endedAt === undefined) throw new Error(`job is ${now?.state}`);
      return now;
    },
    { timeout: 10_000, interval: 10 },
  );
}

async function trafficAfter(job: Job): Promise<Traffic | undefined> {
  expect(await ended(job)).toMatchObject({ state: "succeeded" });
  return (await store.functions.get("shop", job.functionId))?.traffic;
}

test("a version that has no image is built before, and the deployer gets all that it needs to run", async () => {
  run();
  const id = await stored();
  expect(await ended(await queue(id))).toMatchObject({
    ...{ state: "succeeded", image: IMAGE },
    deployed: { url: "/v1/call/shop/adder/handler", traffic: { 1: 100 } },
    steps: [{ name: "bundle" }, { name: "apply", note: "adder, version 1" }, { name: "wait", durationMs: 2 }],
  });
  const { runtime, env, secrets, timeoutMs, scale, resources, network } = functionInput("adder");
  expect(deployer.deployments).toEqual([
    {
      ...{ project: "shop", label: "adder", version: 1, image: IMAGE, traffic: { 1: 100 } },
      ...{ runtime, env, secrets, timeoutMs, scale, resources, network },
    },
  ]);
  expect(await store.functions.get("shop", id)).toMatchObject({
    status: "deployed",
    url: "/v1/call/shop/adder/handler",
  });
  expect(await store.functions.isHandedOver("shop", id)).toBe(true);
  await ended(await queue(id));
  expect(builds).toBe(1);
});

test("a version gets its percentage, and the others keep their proportion of the rest", async () => {
  run();
  const id = await stored(4);
  expect(await trafficAfter(await queue(id, 1))).toEqual({ 1: 100 });
  expect(await trafficAfter(await queue(id, 2, 40))).toEqual({ 1: 60, 2: 40 });
  expect(await trafficAfter(await queue(id, 3, 10))).toEqual({ 1: 54, 2: 36, 3: 10 });
  expect(await trafficAfter(await queue(id, 3, 10))).toEqual({ 1: 54, 2: 36, 3: 10 });
  expect(await trafficAfter(await queue(id, 4, 0))).toEqual({ 1: 54, 2: 36, 3: 10 });
  expect(await trafficAfter(await queue(id, 4))).toEqual({ 4: 100 });
});

test("the first version that is deployed gets all calls, whatever the store says of others", async () => {
  run();
  const id = await stored(2);
  const job = await queue(id, 2, 10);
  expect(await trafficAfter(job)).toEqual({ 2: 100 });
  expect((await ended(job)).log).toEqual([
    "traffic: no other version gets calls: version 2 gets all of them, not 10 %",
  ]);
});

test("one that fails says what goes on, and the function stays deployed", async () => {
  run();
  const id = await stored(2);
  deployer.failure = { code: "start_failed", message: "it ended with 1" };
  expect((await ended(await queue(id))).error).toEqual(deployer.failure);
  expect(await store.functions.get("shop", id)).toMatchObject({ status: "failed", url: undefined });
  deployer.failure = undefined;
  await ended(await queue(id));
  deployer.failure = { code: "crash_loop", message: "it keeps ending" };
  expect(await ended(await queue(id, 2))).toMatchObject({
    state: "failed",
    error: { code: "crash_loop", message: "it keeps ending; calls still go to version 1" },
    steps: [{ name: "bundle" }, { name: "apply" }, { name: "wait" }],
  });
  expect(await store.functions.get("shop", id)).toMatchObject({ status: "deployed", traffic: { 1: 100 } });
  deployer.failure = { code: "not_ready", message: "it takes no calls; it wrote:\nhello" };
  const { error } = await ended(await queue(id, 2));
  expect(error?.message).toBe("it takes no calls; it wrote:\nhello\ncalls still go to version 1");
});

test("without a deployer the job fails saying so, and does not build again", async () => {
  let asked = 0;
  run(async (service, ...rest) => {
    if (service !== "deployer") return mesh(service, ...rest);
    asked += 1;
    throw new MeshError("worker_unavailable", "nobody");
  });
  const { state, error } = await ended(await queue(await stored()));
  expect([state, error?.message]).toEqual(["failed", 'no deployer serves project "shop"; start one: fmesh deployer']);
  expect([asked, builds]).toEqual([3, 1]);
});

test("what a deployer says instead of deploying is the job's error", async () => {
  run(async (service, ...rest) => {
    if (service !== "deployer") return mesh(service, ...rest);
    throw new MeshError("function_failed", "the cluster does not answer", { status: 503, reason: "unreachable" });
  });
  const error = { code: "unreachable", message: "the cluster does not answer" };
  expect(await ended(await queue(await stored()))).toMatchObject({ state: "failed", error });
});

test("a version that cannot be built is not deployed", async () => {
  const error = { code: "handler_invalid", message: "handler.ts:1:1: no" };
  run(async (service, ...rest) => {
    if (service === "deployer") return mesh(service, ...rest);
    return (async function* () {
      yield { error };
    })();
  });
  const id = await stored();
  expect(await ended(await queue(id))).toMatchObject({ state: "failed", error });
  expect(deployer.calls).toEqual([]);
  expect(await store.functions.isHandedOver("shop", id)).toBe(false);
});

test("versions of a function are deployed one after the other", async () => {
  run();
  let atOnce = 0;
  let most = 0;
  deployer.meanwhile = async () => {
    most = Math.max(most, ++atOnce);
    await new Promise((resolve) => setImmediate(resolve));
    atOnce -= 1;
  };
  const id = await stored(3);
  await ended(await queue(id, 1));
  const jobs = [await queue(id, 2, 50), await queue(id, 3, 50)];
  for (const job of jobs) await ended(job);
  expect(most).toBe(1);
  // Jobs of the same millisecond are done in any order.
  const { traffic = {} } = (await store.functions.get("shop", id)) ?? {};
  expect(Object.values(traffic).toSorted((one, other) => one - other)).toEqual([25, 25, 50]);
});

test("a job whose process goes away is done by another", async () => {
  const began = Promise.withResolvers<void>();
  deployer.meanwhile = () => {
    began.resolve();
    return new Promise(() => undefined);
  };
  const leaving = run(async (service, name, params, { signal, ...options }) => {
    const answer = await mesh(service, name, params, { ...options, signal });
    return name === "deploy" ? endedBy(signal, answer as AsyncIterable<unknown>) : answer;
  });
  const job = await queue(await stored());
  await began.promise;
  await leaving.close();
  expect(await store.jobs.get("shop", job.id)).toMatchObject({ state: "running" });
  deployer.meanwhile = async () => undefined;
  run(mesh, await place.open());
  expect(await ended(job)).toMatchObject({ state: "succeeded" });
  expect(builds).toBe(1);
});

test("one that is cancelled ends the deployer's call", async () => {
  const began = Promise.withResolvers<void>();
  deployer.meanwhile = () => {
    began.resolve();
    return new Promise(() => undefined);
  };
  const gone = Promise.withResolvers<void>();
  run(async (service, name, params, { signal, ...options }) => {
    signal.addEventListener("abort", () => gone.resolve());
    const answer = await mesh(service, name, params, { ...options, signal });
    return name === "deploy" ? endedBy(signal, answer as AsyncIterable<unknown>) : answer;
  });
  const id = await stored();
  const job = await queue(id);
  await began.promise;
  await store.jobs.cancel("shop", job.id);
  await gone.promise;
  expect(await ended(job)).toMatchObject({ state: "cancelled" });
  expect(await store.functions.get("shop", id)).toMatchObject({ status: "built" });
});

/** Items until the signal aborts, as over a mesh. */
async function* endedBy(signal: AbortSignal, items: AsyncIterable<unknown>): AsyncGenerator {
  const iterator = items[Symbol.asyncIterator]();
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(new MeshError("cancelled", "cancelled")));
  });
  for (;;) {
    const { done, value } = await Promise.race([iterator.next(), aborted]);
    if (done === true) return;
    yield value;
  }
}
