import { readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { StoredEvent } from "../../mesh/event.ts";
import type { StoredFunction } from "../../mesh/function.ts";
import {
  type ExampleFolder,
  PROJECT_ROOT,
  type RunningCommand,
  copyExample,
  runFmesh,
  startCommand,
  startFmesh,
} from "../support/fmesh.ts";

let example: ExampleFolder;
const running: RunningCommand[] = [];

beforeEach(async () => {
  example = await copyExample();
  await writeFile(join(example.folder, "greet.ts"), "export default () => 1");
  await symlink(join(PROJECT_ROOT, "cli/fmesh.mjs"), join(example.folder, "fmesh"));
  await symlink(process.execPath, join(example.folder, "bun"));
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((command) => command.stop("SIGKILL")));
  await example.remove();
});

async function up(): Promise<RunningCommand> {
  const mesh = startFmesh(["up", example.folder]);
  running.push(mesh);
  await mesh.until(/Ctrl-C stops everything/);
  return mesh;
}

function fmesh(...args: string[]): Promise<{ code: number; output: string }> {
  return runFmesh([...args, "--config", example.configFile], { cwd: example.folder });
}

async function list<Item>(what: string): Promise<Item[]> {
  return JSON.parse((await fmesh(what, "list", "--json")).output) as Item[];
}

/** Runs what docs/operations.md says about backups: the first block makes one, the second restores it. */
async function paste(which: 0 | 1): Promise<{ code: number; output: string }> {
  const document = await readFile(join(PROJECT_ROOT, "docs/operations.md"), "utf8");
  const [, section = ""] = /^## Backing up\n([^]*?)(?=^## )/m.exec(document) ?? [];
  const blocks = [...section.matchAll(/```sh\n([^]*?)```/g)].map(([, block = ""]) => block);
  const env = { PATH: `${example.folder}:${process.env["PATH"] ?? ""}` };
  const shell = startCommand(["bash", "-euc", blocks[which] ?? "false"], { cwd: example.folder, env });
  return { code: await shell.exited, output: shell.output() };
}

test("what is backed up while the mesh runs can be restored as the documentation says", async () => {
  const mesh = await up();
  await fmesh("functions", "create", "greet", "greet.ts");
  await fmesh("functions", "update", "greet", "--description", "Greets");
  const made = await paste(0);
  expect(made).toMatchObject({
    code: 0,
    output: expect.stringMatching(
      /^backed up ".*functions\.db" to ".*2026-01-31\.db": [\d.]+ [kM]B in [\d.]+ m?s$/m,
    ) as string,
  });
  expect((await stat(join(example.folder, "functions-2026-01-31.db"))).mode & 0o777).toBe(0o600);
  await fmesh("functions", "delete", "greet");
  await fmesh("functions", "create", "later", "greet.ts");
  expect(await mesh.stop("SIGINT")).toBe(0);

  expect(await paste(1)).toEqual({ code: 0, output: "" });
  await up();
  const functions = await list<StoredFunction>("functions");
  expect(functions).toMatchObject([{ label: "greet", version: 2, description: "Greets" }]);
  expect(await list<StoredEvent>("events")).toEqual([]);
  expect((await stat(join(example.folder, ".fmesh/functions.db"))).mode & 0o777).toBe(0o600);
});

test("--json tells where, how large and how long; a file that is there is not replaced", async () => {
  await up();
  const { code, output } = await fmesh("functions", "backup", "copy.db", "--json");
  expect([code, JSON.parse(output)]).toEqual([
    0,
    {
      from: join(example.folder, ".fmesh/functions.db"),
      to: join(example.folder, "copy.db"),
      bytes: (await stat(join(example.folder, "copy.db"))).size,
      durationMs: expect.any(Number) as number,
    },
  ]);
  expect(await fmesh("functions", "backup", "copy.db")).toMatchObject({
    code: 1,
    output: expect.stringMatching(/^fmesh: .*copy\.db.*name a file that is not there yet\n$/) as string,
  });
});

test("where there is nothing to back up it says so", async () => {
  expect(await fmesh("functions", "backup", "copy.db")).toMatchObject({
    code: 1,
    output: expect.stringMatching(/^fmesh: .*functions\.db.*see that the store is there/) as string,
  });
  await example.edit((text) => `${text}functions: { database: "postgres://keeper:hush@127.0.0.1/functions" }\n`);
  expect(await fmesh("functions", "backup", "copy.db")).toEqual({
    code: 1,
    output: "fmesh: functions.database is a PostgreSQL server: back it up with pg_dump, restore it with pg_restore\n",
  });
  expect(await fmesh("functions", "backup")).toMatchObject({ code: 2 });
});
