import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ExampleFolder, copyExample, runFmesh } from "../support/fmesh.ts";

let example: ExampleFolder;

beforeAll(async () => {
  example = await copyExample();
});

afterAll(() => example.remove());

test.each([
  [],
  ["up"],
  ["gateway"],
  ["worker"],
  ["token"],
  ["call"],
  ["services"],
  ["logs"],
  ["completion"],
  ["rules"],
  ["rules", "explain"],
  ["rules", "test"],
  ["rules", "check"],
])("fmesh %s %s --help says what it does", async (...command: string[]) => {
  const { code, output } = await runFmesh([...command, "--help"]);
  expect(code).toBe(0);
  expect(output).toMatch(/^Usage: fmesh/);
});

test("--version prints the version", async () => {
  expect((await runFmesh(["--version"])).output).toMatch(/^\d+\.\d+\.\d+\n$/);
});

describe("fmesh worker", () => {
  test("says when there is no such script, and when no mesh runs for it", async () => {
    const missing = await runFmesh(["worker", "nowhere.ts"]);
    expect([missing.code, missing.output]).toEqual([1, 'fmesh: there is no script "nowhere.ts"\n']);
    const alone = await runFmesh(["worker", join(example.folder, "arithmetic.ts")]);
    expect(alone.code).toBe(1);
    expect(alone.output).toMatch(/^fmesh: no mesh runs for ".*arithmetic\.ts": start one with `fmesh up/);
  });
});

describe("fmesh token", () => {
  test("signs the claims for as long as asked", async () => {
    const args = ["token", "--config", example.folder, "--claims", '{"id":"ann"}', "--expires", "60"];
    const { code, output } = await runFmesh(args);
    expect(code).toBe(0);
    const claims = JSON.parse(Buffer.from(output.split(".")[1] ?? "", "base64url").toString()) as Record<
      string,
      number
    >;
    expect(claims).toMatchObject({ id: "ann" });
    expect((claims["exp"] ?? 0) - (claims["iat"] ?? 0)).toBe(60);
  });

  test("--json tells project, token and lifetime", async () => {
    const { output } = await runFmesh(["token", "--config", example.folder, "--expires", "60", "--json"]);
    expect(JSON.parse(output)).toEqual({
      project: "my-adder",
      token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) as string,
      expiresInSeconds: 60,
    });
  });

  test.each([
    [["--claims", "{"], /--claims is not JSON/],
    [["--claims", "[1]"], /--claims is not a JSON object/],
    [["--expires", "soon"], /--expires/],
    [["--project", "other"], /which project\? --project takes one of:? my-adder/],
  ])("refuses %j with exit code 2", async (args, message) => {
    const { code, output } = await runFmesh(["token", "--config", example.folder, ...args]);
    expect(code).toBe(2);
    expect(output).toMatch(message);
  });
});
