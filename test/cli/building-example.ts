import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import {
  type ExampleFolder,
  PROJECT_ROOT,
  type RunningCommand,
  copyExample,
  runFmesh,
  startCommand,
  startFmesh,
} from "../support/fmesh.ts";

export interface Ended {
  readonly code: number;
  readonly output: string;
}

/** A folder with a mesh that runs for it, builder and all. */
export interface BuildingExample {
  readonly folder: string;
  /** Runs a command for the mesh to its end. */
  fmesh(...args: string[]): Promise<Ended>;
  /** What a command prints with `--json`. */
  json<T>(...args: string[]): Promise<T>;
  /** Starts a command for the mesh. */
  start(...args: string[]): RunningCommand;
  /** Stops the mesh as Ctrl-C does. */
  stop(): Promise<void>;
  /** Starts it again. */
  startAgain(): Promise<void>;
  /** Runs a line in a shell that finds `fmesh`. */
  shell(line: string): Promise<Ended>;
  /** Writes files by their paths in the folder. */
  write(files: Readonly<Record<string, string>>): Promise<void>;
}

/**
 * A mesh for the tests of a file: a base is made once for all of them.
 * @param prepare what to do before it starts; what it gives is added to the configuration.
 */
export function useBuildingExample(
  prepare: (folder: string) => Promise<string> | string = () => "",
  env: Readonly<Record<string, string>> = {},
): BuildingExample {
  let example: ExampleFolder | undefined;
  let mesh: RunningCommand | undefined;
  const opened = (): ExampleFolder => {
    if (example === undefined) throw new Error("the mesh starts before the first test; use it in a test");
    return example;
  };
  beforeAll(async () => {
    example = await copyExample();
    await symlink(join(PROJECT_ROOT, "cli/fmesh.mjs"), join(example.folder, "fmesh"));
    await symlink(process.execPath, join(example.folder, "bun"));
    const settings = await prepare(example.folder);
    await example.edit((text) => `${text}${settings}\n`);
    await up();
  });
  afterAll(async () => {
    await mesh?.stop("SIGINT");
    await example?.remove();
  });

  const up = async (): Promise<void> => {
    mesh = startFmesh(["up", opened().folder], { env });
    await mesh.until(/Ctrl-C stops everything/);
  };

  const start = (...args: string[]): RunningCommand =>
    startFmesh([...args, "--config", opened().configFile], { cwd: opened().folder });
  const fmesh = (...args: string[]): Promise<Ended> =>
    runFmesh([...args, "--config", opened().configFile], { cwd: opened().folder });
  return {
    get folder() {
      return opened().folder;
    },
    fmesh,
    start,
    stop: async () => void (await mesh?.stop("SIGINT")),
    startAgain: up,
    async json<T>(...args: string[]) {
      const { output } = await fmesh(...args, "--json");
      return JSON.parse(output) as T;
    },
    async shell(line) {
      const { folder } = opened();
      const path = `${folder}:${process.env["PATH"] ?? ""}`;
      const command = startCommand(["bash", "-c", line], { cwd: folder, env: { PATH: path } });
      return { code: await command.exited, output: command.output() };
    },
    async write(files) {
      for (const [path, text] of Object.entries(files)) {
        const file = join(opened().folder, path);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, text);
      }
    },
  };
}
