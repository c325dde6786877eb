import { describe, expect, test } from "vitest";
import type { DeployedFunction, DeployedLine } from "../../mesh/deployment.ts";
import type { StoredFunction } from "../../mesh/function.ts";
import type { Job } from "../../mesh/job.ts";
import { useBuildingExample } from "./building-example.ts";

const example = useBuildingExample();
const TIME = { timeout: 120_000 };
const URL = "/v1/call/my-adder/greet/handler";

async function write(label: string, source: string): Promise<void> {
  await example.write({ [`${label}.ts`]: source });
}

async function create(label: string, source: string): Promise<void> {
  await write(label, source);
  expect(await example.fmesh("functions", "create", label, `${label}.ts`)).toMatchObject({ code: 0 });
}

async function update(label: string, source: string): Promise<void> {
  await write(label, source);
  expect(await example.fmesh("functions", "update", label, `${label}.ts`)).toMatchObject({ code: 0 });
}

describe("a function", () => {
  test("is built and deployed, and what it runs is shown", TIME, async () => {
    await create("greet", "console.log('good morning'); export default () => 1;");
    const deployed = await example.fmesh("functions", "deploy", "greet");
    expect(deployed).toMatchObject({ code: 0 });
    for (const step of ["bundle", "push", "apply", "wait", "traffic"])
      expect(deployed.output).toMatch(new RegExp(`^${step} +[\\d.]+ m?s`, "m"));
    expect(deployed.output).toContain('calls of "greet" go to 1: 100 %\n');
    expect(deployed.output).toMatch(new RegExp(`^${URL}$`, "m"));
    // The example has no rule for it.
    expect(deployed.output).toMatch(
      /^nobody may call it yet: give "greet" a rule.*fmesh rules explain greet\.handler/m,
    );
    expect(await example.json<StoredFunction>("functions", "get", "greet")).toMatchObject({
      status: "deployed",
      url: URL,
    });

    const { output } = await example.fmesh("functions", "deployment", "greet");
    expect(output).toMatch(/^function +greet\nstate +ready\n/);
    expect(output).toMatch(/^ +1 +100 % +ready +1 +oci-layout:\S+@sha256:[0-9a-f]{64}$/m);
    expect((await example.fmesh("deployments")).output).toMatch(/^greet +ready +1: 100 % +1 +local$/m);
  });

  test("writes lines that are shown, also while they come and over a mesh that is started again", TIME, async () => {
    const human = await example.fmesh("functions", "logs", "greet");
    expect(human.output).toContain("good morning");
    expect(human.output).not.toContain('{"time"');
    const shown = await example.fmesh("functions", "logs", "greet", "--json");
    expect(shown).toEqual({ code: 0, output: expect.stringMatching(/^(?:\{.*\}\n)+$/) as string });
    const texts = shown.output
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as DeployedLine).text);
    expect(texts.filter((text) => text === "good morning")).toEqual(["good morning"]);
    const following = example.start("functions", "logs", "greet", "--follow", "--of", "1");
    await following.until(/ v1 +\S+ +good morning$/m);
    await example.stop();
    await following.until(/the lines cannot be followed at the moment; trying on/);
    await example.startAgain();
    // It was deployed, and is again.
    expect(await example.json<DeployedFunction[]>("deployments")).toMatchObject([
      { label: "greet", traffic: { 1: 100 } },
    ]);
    expect(await following.stop("SIGINT")).toBe(0);
    expect(following.output().match(/good morning/g)).toHaveLength(1);
  });

  test("gets a new version for some of its calls, and one that fails changes nothing", TIME, async () => {
    await update("greet", "export default () => 2;");
    const job = await example.json<Job>("functions", "deploy", "greet", "--percent", "25");
    expect(job).toMatchObject({ kind: "deploy", state: "succeeded", deployed: { traffic: { 1: 75, 2: 25 } } });
    expect((await example.fmesh("functions", "promote", "greet")).output).toBe(
      'calls of "greet" go to 2: 100 %; before: 1: 75 %, 2: 25 %\n',
    );
    expect(await example.json("functions", "rollback", "greet")).toEqual({ 1: 100 });

    await update("greet", "process.exit(3); export default () => 3;");
    const failed = await example.fmesh("functions", "deploy", "greet");
    expect([failed.code, failed.output]).toEqual([
      1,
      expect.stringMatching(/fmesh: start_failed: .*; calls still go to version 1\n$/),
    ]);
    expect((await example.fmesh("functions", "traffic", "greet", "3")).output).toMatch(
      /409 .*version 3 .*is not deployed/,
    );
    expect(await example.json("functions", "traffic", "greet")).toEqual({ 1: 100 });
  });

  test("is not touched while it is being deployed, which Ctrl-C cancels", TIME, async () => {
    await update("greet", "await new Promise(() => undefined); export default () => 4;");
    const command = example.start("functions", "deploy", "greet");
    await command.until(/^apply /m);
    for (const other of [
      ["traffic", "greet", "1"],
      ["undeploy", "greet"],
      ["deploy", "greet", "--percent", "5"],
    ])
      expect(await example.fmesh("functions", ...other)).toMatchObject({
        code: 1,
        output: expect.stringMatching(/^fmesh: 409 .*is being deployed.*cancel it\n$/) as string,
      });
    expect(await command.stop("SIGINT")).toBe(1);
    expect(command.output()).toMatch(/^fmesh: the deployment of version \d of "greet" was cancelled\n$/m);
    expect(await example.json("functions", "traffic", "greet")).toEqual({ 1: 100 });
  });

  test("can be left to its job, and is undeployed again", TIME, async () => {
    const followed = await example.shell(
      'fmesh jobs tail "$(fmesh functions deploy greet 2 --no-wait --config .)" --config .',
    );
    expect(followed).toMatchObject({ code: 0, output: expect.stringMatching(new RegExp(`^${URL}$`, "m")) as string });
    expect(await example.fmesh("functions", "undeploy", "greet")).toEqual({
      code: 0,
      output: 'nothing of "greet" runs any more; it stays stored\n',
    });
    expect((await example.fmesh("deployments")).output).toMatch(/^nothing is deployed; /);
    expect(await example.fmesh("functions", "deployment", "greet")).toMatchObject({
      code: 1,
      output: expect.stringContaining('function "greet" is not deployed') as string,
    });
    expect(await example.fmesh("functions", "logs", "greet")).toMatchObject({ code: 1 });
  });

  test("of a folder is pushed and deployed with what its manifest says", TIME, async () => {
    await example.shell("printf 'open sesame\\n' | fmesh secrets set cave/word --config .");
    const settings = { secrets: { WORD: "cave/word" }, scale: { min: 1, max: 2 }, env: { MOOD: "good" } };
    await example.write({
      "cave/package.json": JSON.stringify({ name: "cave", fmesh: settings }),
      "cave/index.ts": "console.log(process.env.WORD?.length, process.env.MOOD); export default () => 1;",
    });
    const pushed = await example.fmesh("functions", "push", "cave", "--deploy");
    expect([pushed.code, pushed.output]).toEqual([0, expect.stringMatching(/^\/v1\/call\/my-adder\/cave\/handler$/m)]);
    const stored = await example.json<StoredFunction>("functions", "get", "cave");
    const { scale } = stored;
    expect(scale).toEqual({ min: 1, max: 2, concurrency: 20, idleSeconds: 60 });
    expect((await example.fmesh("functions", "push", "cave")).output).toMatch(/^nothing has changed: /m);
    const { output } = await example.fmesh("functions", "logs", "cave");
    expect(output).toMatch(/ v1 +\S+ +11 good$/m);
    await example.write({ "cave/package.json": JSON.stringify({ fmesh: { scale: { min: -1 } } }) });
    expect((await example.fmesh("functions", "push", "cave")).output).toMatch(
      /^fmesh: ".*package\.json": fmesh\.scale\.min: /m,
    );
  });

  test("is refused what makes no sense", async () => {
    expect(await example.fmesh("functions", "deploy", "nothing")).toMatchObject({ code: 1 });
    for (const wrong of [["--percent", "101"], ["--percent", "-1"], ["newest"]])
      expect(await example.fmesh("functions", "deploy", "greet", ...wrong)).toMatchObject({ code: 2 });
    expect(await example.fmesh("functions", "logs", "greet", "--lines", "many")).toMatchObject({ code: 2 });
  });
});
