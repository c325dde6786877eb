import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { contentsOf } from "../../cli/functions/migration-contents.ts";
import { allMigrations } from "../../functions-service/store/migrations/all.ts";
import { sqliteFeatures } from "../../functions-service/store/sqlite.ts";
import type { StoredFunction } from "../../mesh/function.ts";
import { type ExampleFolder, type RunningCommand, copyExample, runFmesh, startFmesh } from "../support/fmesh.ts";
import { usePostgres } from "../support/postgres.ts";
import { startAtTerminal } from "../support/terminal.ts";

const ALL = Object.keys(allMigrations(sqliteFeatures.columns));
const [FIRST = "", ...LATER] = ALL;

const postgres = usePostgres();
let example: ExampleFolder;
const running: RunningCommand[] = [];

beforeEach(async () => {
  example = await copyExample();
  await writeFile(join(example.folder, "greet.ts"), "export default () => 1");
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

function functions(...args: string[]): Promise<{ code: number; output: string }> {
  return runFmesh(["functions", ...args, "--config", example.configFile], { cwd: example.folder });
}

test("of every migration it is known what is lost with it", () => {
  expect(ALL.filter((name) => contentsOf(name).includes("newer version"))).toEqual([]);
});

describe.each(["SQLite", "PostgreSQL"])("with %s", (kind) => {
  beforeEach(async () => {
    if (kind === "PostgreSQL") {
      await example.edit((text) => `${text}functions: { database: ${JSON.stringify(postgres.url)} }\n`);
    }
  });

  test("the tables go back when told to, and forward by themselves; functions stay", async () => {
    const mesh = await up();
    expect((await functions("create", "greet", "greet.ts")).code).toBe(0);
    const refused = await functions("migrate", "--to", FIRST, "--yes");
    expect(refused).toMatchObject({
      code: 1,
      output: expect.stringMatching(/^fmesh: the mesh at http:\S+ works with these tables: stop it first\n$/) as string,
    });
    await mesh.stop("SIGINT");

    expect(await functions("migrate", "--to", FIRST)).toEqual({
      code: 2,
      output: expect.stringMatching(/^fmesh: undoing .*: what these hold is lost; add --yes/) as string,
    });
    expect((await functions("migrate", "--to", FIRST, "--yes")).output).toBe(`undone: ${LATER.join(", ")}\n`);
    expect(await functions("migrate", "--to", FIRST, "--json")).toEqual({ code: 0, output: "[]\n" });
    const { output } = await functions("migrate", "--json");
    const steps = JSON.parse(output) as { name: string; isDone: boolean }[];
    expect(steps.map(({ name, isDone }) => [name, isDone])).toEqual(ALL.map((name) => [name, name === FIRST]));
    expect((await functions("migrate")).output).toMatch(/^NAME +STATE +HOLDS\n0001-initial +done +functions/);

    await up();
    const [kept] = JSON.parse((await functions("list", "--json")).output) as StoredFunction[];
    expect(kept).toMatchObject({ label: "greet" });
    const after = JSON.parse((await functions("migrate", "--json")).output) as { isDone: boolean }[];
    expect(after.every(({ isDone }) => isDone)).toBe(true);
  });
});

test("at a terminal it asks, and takes anything but yes for no", async () => {
  const mesh = await up();
  await mesh.stop("SIGINT");
  const atTerminal = async (keys: string): Promise<[number, string]> => {
    const args = ["functions", "migrate", "--to", FIRST, "--config", example.configFile];
    const command = startAtTerminal(args, { columns: 200, rows: 30, env: {} });
    await command.until(/what these hold is lost\. Go on\? \[y\/N\]/);
    command.press(keys);
    return [await command.exited, command.output()];
  };
  expect(await atTerminal("\r")).toEqual([1, expect.stringContaining("nothing was undone")]);
  expect(await atTerminal("\u0004")).toEqual([1, expect.stringContaining("nothing was undone")]);
  expect(await atTerminal("y\r")).toEqual([0, expect.stringContaining("undone: ")]);
});

test("what cannot be is said", async () => {
  expect(await functions("migrate")).toMatchObject({
    code: 1,
    output: expect.stringMatching(
      /^fmesh: there is no ".*functions\.db" yet; it is made when a mesh starts\n$/,
    ) as string,
  });
  const mesh = await up();
  await mesh.stop("SIGINT");
  expect(await functions("migrate", "--to", "0815-unknown")).toMatchObject({
    code: 2,
    output: expect.stringMatching(
      /^fmesh: "0815-unknown" is none of the steps that were taken: 0001-initial/,
    ) as string,
  });
  await example.edit((text) => `${text}functions: { database: "postgres://keeper:hush@127.0.0.1:1/functions" }\n`);
  const away = await functions("migrate");
  expect(away).toMatchObject({
    code: 1,
    output: expect.stringMatching(/^fmesh: functions\.database cannot be used/) as string,
  });
  expect(away.output).not.toContain("hush");
});
