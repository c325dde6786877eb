import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PROJECT_ROOT, runFmesh } from "../support/fmesh.ts";
import { temporaryFolder } from "../gateway/config/watched-file.ts";

const OLD = join(PROJECT_ROOT, "test/gateway/config/fixtures/space-cloud-0.12.yaml");

async function folderWith(text: string): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "fmesh.yaml"), text);
  return folder;
}

test("a configuration that can be used is said to be, with what to know of it", async () => {
  const good = await folderWith("projects: [{ id: a, secret: $A }]\n");
  expect(await runFmesh(["config", "check", good], { env: { A: "x" } })).toEqual({
    code: 0,
    output: `${join(good, "fmesh.yaml")} can be used\n`,
  });
  const open = await folderWith("projects: [{ id: a }]\n");
  const told = await runFmesh(["config", "check", open]);
  expect(told).toMatchObject({ code: 0, output: expect.stringContaining('project "a" has no key') as string });
});

test("one that cannot be used is told with every problem, for people and for programs", async () => {
  const folder = await folderWith("projects:\n  - id: a b\n    secert: x\n");
  const { code, output } = await runFmesh(["config", "check", folder]);
  expect(code).toBe(1);
  expect(output).toMatch(
    /fmesh\.yaml:2:9 projects\[0\]\.id: .*\n.*fmesh\.yaml:3:5 projects\[0\]\.secert: .*did you mean/,
  );
  const json = await runFmesh(["config", "check", folder, "--json"]);
  expect(json.code).toBe(1);
  expect(JSON.parse(json.output)).toMatchObject({
    ok: false,
    problems: [
      { path: "projects[0].id", line: 2, column: 9 },
      { path: "projects[0].secert", line: 3, column: 5 },
    ],
    advice: [],
  });
});

test("a file of 2019 is converted into one that can be used, and is not written over another", async () => {
  const out = join(await temporaryFolder(), "fmesh.yaml");
  const converted = await runFmesh(["config", "convert", OLD, "--out", out]);
  expect(converted).toMatchObject({ code: 0, output: expect.stringContaining('the section "eventing"') as string });
  expect((await stat(out)).mode & 0o777).toBe(0o600);
  expect((await runFmesh(["config", "check", out], { env: { ADDER_SECRET: "x" } })).code).toBe(0);
  expect(await readFile(out, "utf8")).toContain("secret: $ADDER_SECRET");
  const again = await runFmesh(["config", "convert", OLD, "--out", out]);
  expect(again).toMatchObject({ code: 1, output: expect.stringContaining("is there already") as string });
  expect((await runFmesh(["config", "convert", OLD, "--out", out, "--force"])).code).toBe(0);
});

test("what is no configuration is told in one line", async () => {
  const folder = await folderWith("projects: [");
  const { code, output } = await runFmesh(["config", "convert", folder]);
  expect(code).toBe(1);
  expect(output).toMatch(/fmesh\.yaml:1:\d+ /);
});
