import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Shells, useShells } from "../support/shells.ts";

describe("TAB in a shell", () => {
  let shells: Shells;
  beforeAll(async () => {
    shells = await useShells();
    await mkdir(join(shells.folder, "examples"));
    await writeFile(join(shells.folder, "my config.yaml"), "");
  });
  afterAll(() => shells[Symbol.asyncDispose]());

  describe.each(["bash", "zsh"] as const)("%s", (shell) => {
    test.each([
      ["fmesh ser\t", "fmesh services "],
      ["fmesh logs --le\t", "fmesh logs --level "],
      ["fmesh logs --level=w\t", "fmesh logs --level=warn "],
      ["fmesh up exam\t", "fmesh up examples/"],
      ["fmesh up my\t", "fmesh up my\\ config.yaml "],
      ["fmesh token --config=exa\t", "fmesh token --config=examples/"],
      ["fmesh call no.such\t", "fmesh call no.such"],
    ])("%j becomes %j", async (keys, line) => {
      expect((await shells.type(shell, keys)).line).toBe(line);
    });

    test("shows what there is to choose from", async () => {
      const { screen } = await shells.type(shell, "fmesh rules \t\t");
      expect(screen).toMatch(/check[^]*explain[^]*test/);
    });

    test("runs nothing of what was typed", async () => {
      const line = 'fmesh call a.b \'{"n": $(touch typed) `touch typed` ; touch typed';
      expect((await shells.type(shell, `${line}\t`)).line).toBe(line);
      expect(await Bun.file(join(shells.folder, "typed")).exists()).toBe(false);
    });
  });

  test("fish offers commands with what they do, values and folders", async () => {
    expect(await shells.askFish("fmesh ser")).toEqual(["services\tshow the services of the mesh and how they do"]);
    expect(await shells.askFish("fmesh logs --level=w")).toEqual(["--level=warn"]);
    expect(await shells.askFish("fmesh up exam")).toEqual(["examples/"]);
    expect(await shells.askFish("fmesh token --config=exam")).toEqual(["--config=examples/"]);
  });
});
