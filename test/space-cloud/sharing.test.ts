import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningCommand, runFmesh, startFmesh } from "../support/fmesh.ts";
import { callAll, startWorker } from "./peers.ts";
import { type SpaceCloud, functionsModule, startSpaceCloud } from "./space-cloud.ts";

const ALLOW = { default: { rule: "allow" } };
const NATIVE = `
import { service } from "functions-mesh";

await service("arithmetic", { process: () => "native" }).start();
`;

describe.each(["fmesh up", "fmesh gateway"] as const)("a worker of 2019 in the mesh, on %s", (setting) => {
  let cloud: SpaceCloud;
  let worker: RunningCommand;

  beforeAll(async () => {
    cloud = await startSpaceCloud(functionsModule({ arithmetic: ALLOW, tea: ALLOW, coffee: ALLOW }), {
      setting,
      project: { registration: "open" },
    });
    worker = await startWorker(cloud, { version: "0.12.1" });
  });
  afterAll(async () => {
    await worker?.stop("SIGTERM");
    await cloud?.[Symbol.asyncDispose]();
  });

  test("is shown by fmesh services like any other", async () => {
    await callAll(cloud, { version: "0.12.1" }, ["arithmetic", "sum", { num1: 1, num2: 2 }]);
    const options = { cwd: cloud.folder, env: cloud.env };
    const { code, output } = await runFmesh(["services", "--once", "--instances"], options);
    expect([code, output]).toEqual([0, expect.stringMatching(/arithmetic +sum +1 /)]);
  });

  test("shares its service's calls with a worker of today", async () => {
    const script = join(cloud.folder, "native.ts");
    await writeFile(script, NATIVE);
    const native = startFmesh(["worker", script], { cwd: cloud.folder, env: cloud.env });
    try {
      await native.until(/service is up/);
      const calls = Array.from({ length: 60 }, () => ["arithmetic", "process"] as const);
      const results = (await callAll(cloud, { version: "0.12.1" }, ...calls)).map(({ data }) => data);
      expect(new Set(results.map((data) => JSON.stringify(data)))).toEqual(
        new Set([JSON.stringify({ result: worker.pid }), '{"result":"native"}']),
      );
    } finally {
      await native.stop("SIGTERM");
    }
  });

  test("may have two services on one API object, whose calls all come to the one started last", async () => {
    const both = await startWorker(cloud, { version: "0.12.1", name: "two-services" });
    try {
      await both.until(/(?:Service started successfully[^]*){2}/);
      const answers = await callAll(cloud, { version: "0.12.1" }, ["tea", "brew"], ["coffee", "brew"]);
      expect(answers.map(({ data }) => data)).toEqual([{ result: "coffee" }, { result: "coffee" }]);
    } finally {
      await both.stop("SIGTERM");
    }
  });
});
