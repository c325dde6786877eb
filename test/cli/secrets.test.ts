import { readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { KeptSecret } from "../../cli/secrets/secret-files.ts";
import { type ExampleFolder, PROJECT_ROOT, copyExample, runFmesh, startCommand } from "../support/fmesh.ts";
import { startAtTerminal, withoutCodes } from "../support/terminal.ts";

let example: ExampleFolder;
beforeEach(async () => {
  example = await copyExample();
});
afterEach(() => example.remove());

function secrets(...args: string[]): Promise<{ code: number; output: string }> {
  return runFmesh(["secrets", ...args, "--config", example.configFile], { cwd: example.folder });
}

/** Sets a secret to what a command of the shell prints. */
async function set(reference: string, printing: string): Promise<{ code: number; output: string }> {
  const fmesh = `"${process.execPath}" "${join(PROJECT_ROOT, "cli/main.ts")}"`;
  const command = startCommand(["bash", "-c", `${printing} | ${fmesh} secrets set "$0" --config .`, reference], {
    cwd: example.folder,
  });
  return { code: await command.exited, output: command.output() };
}

const pathOf = (reference: string): string => join(example.folder, ".fmesh/secrets/my-adder", reference);

test("a secret is kept for this user alone, and never shown", async () => {
  expect(await set("stripe/api-key", "printf 'open\\nsesame\\n'")).toEqual({
    code: 0,
    output: 'kept "stripe/api-key"\n',
  });
  expect(await readFile(pathOf("stripe/api-key"), "utf8")).toBe("open\nsesame");
  expect((await stat(pathOf("stripe/api-key"))).mode & 0o777).toBe(0o600);
  expect((await stat(pathOf("stripe"))).mode & 0o777).toBe(0o700);
  const { output } = await secrets("list");
  expect(output).toMatch(/^SECRET +UPDATED\nstripe\/api-key +\d{4}-/);
  expect(output).not.toContain("sesame");
});

test("one that is there is replaced, and nothing else is left beside it", async () => {
  for (const value of ["first", "second"]) await set("stripe/api-key", `printf ${value}`);
  await set("stripe/other", "printf third");
  expect(await readFile(pathOf("stripe/api-key"), "utf8")).toBe("second");
  expect(await readdir(pathOf("stripe"))).toEqual(["api-key", "other"]);
  const kept = JSON.parse((await secrets("list", "--json")).output) as KeptSecret[];
  expect(kept.map(({ reference }) => reference)).toEqual(["stripe/api-key", "stripe/other"]);
});

test("one that is removed is gone, and its folder with the last", async () => {
  await set("stripe/api-key", "printf value");
  expect(await secrets("remove", "stripe/api-key")).toEqual({ code: 0, output: 'removed "stripe/api-key"\n' });
  expect(await secrets("remove", "stripe/api-key")).toMatchObject({ code: 1 });
  expect(await readdir(join(example.folder, ".fmesh/secrets/my-adder"))).toEqual([]);
  expect((await secrets("list")).output).toMatch(/^there are no secrets/);
});

test.each(["stripe", "Stripe/key", "stripe/", "../key", "stripe/..", "stripe/.", "a/b/c", "/etc/passwd"])(
  "%s names no secret",
  async (reference) => {
    expect(await set(reference, "printf value")).toMatchObject({
      code: 2,
      output: expect.stringContaining("does not name a secret") as string,
    });
    expect(await secrets("remove", reference)).toMatchObject({ code: 2 });
  },
);

test("what cannot be a variable's value is refused", async () => {
  expect(await set("stripe/api-key", "printf ''")).toMatchObject({ code: 2 });
  expect(await set("stripe/api-key", "printf 'a\\0b'")).toMatchObject({ code: 1 });
  expect(await set("stripe/api-key", "head -c 1048577 /dev/zero | tr '\\0' x")).toMatchObject({ code: 1 });
  expect((await secrets("list")).output).toMatch(/^there are no secrets/);
});

test("at a terminal it is asked for, and nothing of what is typed is shown", async () => {
  const args = ["secrets", "set", "stripe/api-key", "--config", example.configFile];
  const terminal = startAtTerminal(args, { columns: 100, rows: 24, env: {} });
  await terminal.until(/Value of stripe\/api-key: /);
  terminal.press("open sesame\r");
  expect(await terminal.exited).toBe(0);
  expect(withoutCodes(terminal.output())).not.toContain("sesame");
  expect(await readFile(pathOf("stripe/api-key"), "utf8")).toBe("open sesame");
});

test("where Knative runs functions, the cluster keeps their secrets", async () => {
  await example.edit(
    (text) => `${text}\nbuilder: { registry: "https://registry.test/functions" }\ndeployer: { home: knative }\n`,
  );
  expect(await set("stripe/api-key", "printf value")).toMatchObject({
    code: 1,
    output: expect.stringContaining("kubectl create secret generic") as string,
  });
});
