import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { CallMesh } from "../../../functions-service/ask-mesh.ts";
import { type JobRunner, startJobRunner } from "../../../functions-service/jobs/runner.ts";
import type { Store } from "../../../functions-service/store.ts";
import { MeshError } from "../../../mesh/errors.ts";
import type { Job } from "../../../mesh/job.ts";
import { silentLog } from "../../../mesh/log.ts";
import { type StorePlace, sqlitePlace } from "../store-place.ts";
import { functionInput } from "../store-samples.ts";

const IMAGE = { reference: "registry.test/shop/adder@sha256:ab", repository: "shop/adder", digest: "sha256:ab" };

let place: StorePlace;
let store: Store;
const runners: JobRunner[] = [];
beforeEach(async () => {
  place = await sqlitePlace();
  store = await place.open();
});
afterEach(async () => {
  await Promise.all(runners.splice(0).map((runner) => runner.close()));
  await place.close();
});

function run(call: CallMesh, of: Store = store): JobRunner {
  const runner = startJobRunner({ store: of, project: "shop", call, log: silentLog, leaseMs: 400, tellMs: 20 });
  runners.push(runner);
  return runner;
}

async function queue(label = "adder"): Promise<Job> {
  const { id } = await store.functions.create("shop", functionInput(label), "u1");
  const job = await store.jobs.create("shop", { kind: "build", functionId: id, label, version: 1, createdBy: "u1" });
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

test("a builder gets the version without its environment, and what it tells is shown", async () => {
  const asked: unknown[] = [];
  run(async (service, name, params) => {
    asked.push([service, name, params]);
    return (async function* () {
      yield { step: "bundle", state: "began" };
      yield { step: "bundle", log: "one warning" };
      yield { step: "bundle", state: "ended", durationMs: 12.5, note: "2 kB" };
      yield { image: IMAGE };
    })();
  });
  expect(await ended(await queue())).toMatchObject({
    ...{ state: "succeeded", image: IMAGE, log: ["bundle: one warning"] },
    steps: [{ name: "bundle", durationMs: 12.5, note: "2 kB" }],
  });
  const { template, runtime, handler, dependencies } = functionInput("adder");
  const definition = { project: "shop", label: "adder", version: 1, template, runtime, handler, dependencies };
  expect(asked).toEqual([["builder", "build", definition]]);
});

test("what is wrong with a handler is kept, with where it is", async () => {
  const issues = [{ path: ["handler.ts", 3, 7], message: "Unexpected }" }];
  const error = { code: "handler_invalid", message: "handler.ts:3:7: Unexpected }", issues };
  run(async () =>
    (async function* () {
      yield { step: "bundle", state: "began" };
      yield { error };
    })(),
  );
  expect(await ended(await queue())).toMatchObject({ state: "failed", error, steps: [{ name: "bundle" }] });
});

test("without a builder the job fails saying so, after it was tried again", async () => {
  let calls = 0;
  run(() => {
    calls += 1;
    return Promise.reject(new MeshError("worker_unavailable", "nobody"));
  });
  expect((await ended(await queue())).error?.message).toMatch(/^no builder serves project "shop"/);
  expect(calls).toBe(3);
});

test("whatever else a builder answers is a failure", async () => {
  const answers: unknown[] = [7, [{ step: "dance", state: "began" }], []];
  run(async () => {
    const answer = answers.shift();
    return Array.isArray(answer)
      ? (async function* () {
          yield* answer;
        })()
      : answer;
  });
  for (const label of ["a", "b", "c"]) expect((await ended(await queue(label))).error?.code).toBe("bad_reply");
});

test.each(["bad_reply", "cancelled"] as const)("what breaks off with %s is built by the next builder", async (code) => {
  let calls = 0;
  run(async () =>
    (async function* () {
      yield { step: "bundle", state: "began" };
      if (++calls === 1) throw new MeshError(code, "the builder went away");
      yield { step: "bundle", state: "ended", durationMs: 1.23456 };
      yield { image: IMAGE };
    })(),
  );
  expect(await ended(await queue())).toMatchObject({
    state: "succeeded",
    steps: [{ name: "bundle", durationMs: 1.23 }],
  });
  expect(calls).toBe(2);
});

test("cancelling a job ends the builder's call", async () => {
  const called = Promise.withResolvers<AbortSignal>();
  run(
    (_service, _name, _params, { signal }) =>
      new Promise((_resolve, reject) => {
        called.resolve(signal);
        signal.addEventListener("abort", () => reject(new MeshError("cancelled", "cancelled")));
      }),
  );
  const job = await queue();
  const signal = await called.promise;
  await store.jobs.cancel("shop", job.id);
  await vi.waitFor(() => expect(signal.aborted).toBe(true), { timeout: 5000, interval: 10 });
  expect(await ended(job)).toMatchObject({ state: "cancelled", image: undefined });
});

test("a job that a process leaves behind is done by another", async () => {
  const first = Promise.withResolvers<void>();
  const leaving = run((_service, _name, _params, { signal }) => {
    first.resolve();
    return new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(new MeshError("cancelled", "cancelled")));
    });
  });
  const job = await queue();
  await first.promise;
  await leaving.close();
  expect(await store.jobs.get("shop", job.id)).toMatchObject({ state: "running" });
  run(
    async () =>
      (async function* () {
        yield { image: IMAGE };
      })(),
    await place.open(),
  );
  expect(await ended(job)).toMatchObject({ state: "succeeded" });
});
