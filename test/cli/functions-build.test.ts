import { afterAll, describe, expect, test } from "vitest";
import type { Job } from "../../mesh/job.ts";
import { startNpmRegistry } from "../builder/bundle/npm-registry.ts";
import { useBuildingExample } from "./building-example.ts";

const registry = startNpmRegistry({ name: "tea", version: "1.0.0", files: { "index.js": "" } });
afterAll(() => registry[Symbol.asyncDispose]());
const example = useBuildingExample(() => `builder: { npm: { registry: "${registry.url}" } }`);

const REFERENCE = String.raw`oci-layout:\S+/my-adder/\w+@sha256:[0-9a-f]{64}`;

async function create(label: string, source: string, ...options: string[]): Promise<void> {
  await example.write({ [`${label}.ts`]: source });
  expect(await example.fmesh("functions", "create", label, `${label}.ts`, ...options)).toMatchObject({ code: 0 });
}

describe("a build", () => {
  test("shows its steps as they end, and prints the image by its digest", { timeout: 60_000 }, async () => {
    await create("greet", "export default () => 1;");
    const first = await example.fmesh("functions", "build", "greet");
    expect(first.code).toBe(0);
    const steps = ["look", "bundle", "image", "push", "attest"];
    for (const step of steps) expect(first.output).toMatch(new RegExp(`^${step} +[\\d.]+ m?s`, "m"));
    const [reference = ""] = new RegExp(`^${REFERENCE}$`, "m").exec(first.output) ?? [];
    expect(reference).not.toBe("");

    const again = await example.json<Job>("functions", "build", "greet", "1");
    expect(again).toMatchObject({ state: "succeeded", image: { reference } });
    expect(again.steps).toMatchObject([{ name: "look", note: "it is there already" }]);
  });

  test("of what has a mistake shows its lines", async () => {
    await create("broken", "export default () => {\n  const text = ;\n};");
    const { code, output } = await example.fmesh("functions", "build", "broken");
    expect(code).toBe(1);
    expect(output).toMatch(/^bundle +–$/m);
    expect(output).toContain("fmesh: handler_invalid: handler.ts:2:16: ");
    expect(output).toContain("2 |   const text = ;\n  |                ^\n");
    const failed = await example.json<Job>("functions", "build", "broken");
    expect(failed).toMatchObject({ state: "failed", error: { issues: [{ path: ["handler.ts", 2, 16] }] } });
    const [shown] = await example.json<Job[]>("jobs", "list", "broken");
    expect(shown).toEqual(failed);
  });

  test("can be left alone and followed by its id", { timeout: 60_000 }, async () => {
    await create("later", "export default () => 2;");
    const followed = await example.shell(
      `fmesh jobs tail "$(fmesh functions build later --no-wait --config .)" --config .`,
    );
    expect(followed).toEqual({ code: 0, output: expect.stringMatching(new RegExp(`^${REFERENCE}$`, "m")) as string });
    const [job] = await example.json<Job[]>("jobs", "list", "later");
    const { output } = await example.fmesh("jobs", "get", job?.id ?? "");
    expect(output).toMatch(/^function +later, version 1\nstate +succeeded$/m);
    expect(output).toMatch(/^steps:\n {2}look /m);
    // One that has ended stays as it is.
    const cancelled = await example.fmesh("jobs", "cancel", job?.id ?? "");
    expect(cancelled).toEqual({ code: 0, output: 'the build of "later", version 1, is succeeded\n' });
  });

  test("is cancelled by Ctrl-C", { timeout: 60_000 }, async () => {
    await create("slow", `import "tea"; export default () => 3;`, "--dependency", "tea=1.0.0");
    const asked = registry.hang();
    const command = example.start("functions", "build", "slow");
    await asked;
    expect(await command.stop("SIGINT")).toBe(1);
    expect(command.output()).toMatch(/^fmesh: the build of version 1 of "slow" was cancelled\n$/m);
    const { output } = await example.fmesh("jobs", "list", "slow");
    expect(output).toMatch(/^\S+ +build +slow +1 +cancelled /m);
  });

  test("is followed over a mesh that is started again", { timeout: 60_000 }, async () => {
    await create("patient", `import "tea"; export default () => 4;`, "--dependency", "tea=1.0.0");
    const asked = registry.hang();
    const command = example.start("functions", "build", "patient");
    await asked;
    // It is followed by then.
    await command.until(/^look /m);
    await example.stop();
    await command.until(/the job cannot be followed at the moment; trying on/);
    const askedAgain = registry.hang();
    await example.startAgain();
    await askedAgain;
    const [job] = await example.json<Job[]>("jobs", "list", "patient");
    expect(await example.fmesh("jobs", "cancel", job?.id ?? "")).toEqual({
      code: 0,
      output: 'the build of "patient", version 1, is cancelled\n',
    });
    expect(await command.exited).toBe(1);
    expect(command.output()).toMatch(/was cancelled\n$/);
  });

  test("of what is not there is refused", async () => {
    expect(await example.fmesh("functions", "build", "nothing")).toMatchObject({ code: 1 });
    const { code, output } = await example.fmesh("functions", "build", "greet", "7");
    expect([code, output]).toEqual([1, 'fmesh: 404 function_not_found: function "greet" has no version 7\n']);
    expect(await example.fmesh("functions", "build", "greet", "newest")).toMatchObject({ code: 2 });
    expect(await example.fmesh("jobs", "list", "--limit", "0")).toMatchObject({ code: 2 });
    expect(await example.fmesh("jobs", "tail", crypto.randomUUID())).toMatchObject({ code: 1 });
  });
});
