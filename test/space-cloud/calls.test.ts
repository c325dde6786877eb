import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunningCommand } from "../support/fmesh.ts";
import { VERSIONS } from "./client-folder.ts";
import { type Answer, callAll, startWorker } from "./peers.ts";
import { type Setting, type SpaceCloud, functionsModule, startSpaceCloud } from "./space-cloud.ts";

const SETTINGS: readonly Setting[] = ["fmesh up", "fmesh gateway"];
const ALLOW = { default: { rule: "allow" } };

describe.each(SETTINGS)("a worker and callers of 2019 on %s", (setting) => {
  let cloud: SpaceCloud;
  let worker: RunningCommand;

  beforeAll(async () => {
    const modules = functionsModule({ arithmetic: ALLOW, default: ALLOW });
    cloud = await startSpaceCloud(modules, { setting, project: { registration: "open" } });
    worker = await startWorker(cloud, { version: "0.12.1" });
  });
  afterAll(async () => {
    await worker?.stop("SIGTERM");
    await cloud?.[Symbol.asyncDispose]();
  });

  const SUM = ["arithmetic", "sum", { num1: 10, num2: 20 }] as const;

  test.each(VERSIONS)("a caller with space-api %s gets the sum", async (version) => {
    expect(await callAll(cloud, { version }, SUM)).toEqual([{ status: 200, data: { result: { sum: 30 } } }]);
  });

  test("what a function returns arrives as it was: nothing as null, text, lists, and what is empty", async () => {
    const values = ["", 'text with "quotes" and ü\n', [1, [2, []], {}], 0, false, null, { a: null }, 1.5e300];
    const calls = values.map((value) => ["arithmetic", "echo", value] as const);
    const results = await callAll(cloud, { version: "0.12.1" }, ...calls, ["arithmetic", "nothing"]);
    expect(results).toEqual([...values, null].map((result) => ({ status: 200, data: { result } })));
  });

  test("a call without params has null for them", async () => {
    const [answer] = await callAll(cloud, { version: "0.12.1" }, ["arithmetic", "echo"]);
    expect(answer).toEqual({ status: 200, data: { result: null } });
  });

  test("an unknown function is told in the worker's words, an unknown service at once", async () => {
    const answers = await callAll(
      cloud,
      { version: "0.12.1" },
      ["arithmetic", "nonsense"],
      ["nonsense", "sum", {}, 60_000],
    );
    expect(answers[0]).toEqual({ status: 500, data: { error: "No function registered on the function" } });
    expect(answers[1]).toEqual({ status: 500, data: { error: expect.stringContaining("nonsense") as string } });
  });

  test("a worker that answers twice, or what nobody asked, harms no call", async () => {
    const answers = await callAll(cloud, { version: "0.12.1" }, ["arithmetic", "twice"], ["arithmetic", "stray"], SUM);
    expect(answers.map(({ data }) => data)).toEqual([{ result: "first" }, { result: "sent" }, { result: { sum: 30 } }]);
  });

  test("an answer that comes after its call ran out of time is nobody's", async () => {
    const [late, ...after] = await callAll(
      cloud,
      { version: "0.12.1" },
      ["arithmetic", "hold", null, 300],
      ["arithmetic", "release"],
      SUM,
    );
    expect(late).toEqual({ status: 500, data: { error: expect.any(String) as string } });
    expect(after.map(({ data }) => data)).toEqual([{ result: "released" }, { result: { sum: 30 } }]);
  });
});

test("a worker with space-api 0.10.3 serves its callers and later ones", async () => {
  await using cloud = await startSpaceCloud(functionsModule({ arithmetic: ALLOW }), {
    project: { registration: "open" },
  });
  const worker = await startWorker(cloud, { version: "0.10.3" });
  try {
    for (const version of ["0.10.3", "0.12.1"] as const) {
      const [answer] = await callAll(cloud, { version }, ["arithmetic", "sum", { num1: 1.5, num2: 2 }]);
      expect(answer).toEqual<Answer>({ status: 200, data: { result: { sum: 3.5 } } });
    }
  } finally {
    await worker.stop("SIGTERM");
  }
});
