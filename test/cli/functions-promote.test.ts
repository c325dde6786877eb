import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ExampleFolder, type RunningCommand, copyExample, runFmesh, startFmesh } from "../support/fmesh.ts";

let example: ExampleFolder;
let mesh: RunningCommand;

beforeAll(async () => {
  example = await copyExample();
  await writeFile(join(example.folder, "greet.ts"), "export default () => 1");
  mesh = startFmesh(["up", example.folder]);
  await mesh.until(/Ctrl-C stops/);
});

afterAll(async () => {
  await mesh.stop();
  await example.remove();
});

function functions(...args: string[]): Promise<{ code: number; output: string }> {
  return runFmesh(["functions", ...args, "--config", example.configFile], { cwd: example.folder });
}

test("calls are sent to the newest version, to any other, and back", async () => {
  await functions("create", "greet", "greet.ts");
  for (const description of ["second", "third"]) await functions("update", "greet", "--description", description);
  expect(await functions("promote", "greet")).toEqual({
    code: 0,
    output: 'calls of "greet" go to 3: 100 %; before: 1: 100 %\n',
  });
  expect(JSON.parse((await functions("rollback", "greet", "--json")).output)).toEqual({ 2: 100 });
  expect(JSON.parse((await functions("promote", "greet", "1", "--json")).output)).toEqual({ 1: 100 });
  expect(await functions("rollback", "greet")).toMatchObject({
    code: 1,
    output: expect.stringMatching(/^fmesh: 409 invalid_request: .*its first version gets them\n$/) as string,
  });
});

test("what is not there, or is no version, is refused", async () => {
  await functions("create", "other", "greet.ts");
  expect(await functions("promote", "other", "9")).toMatchObject({
    code: 1,
    output: expect.stringMatching(/^fmesh: 4\d\d invalid_request/) as string,
  });
  for (const command of ["promote", "rollback"]) {
    expect(await functions(command, "nobody")).toMatchObject({
      code: 1,
      output: expect.stringMatching(/^fmesh: there is no function "nobody"/) as string,
    });
  }
  expect(await functions("promote", "other", "newest")).toEqual({
    code: 2,
    output: 'fmesh: "newest" is no version; give its number\n',
  });
});
