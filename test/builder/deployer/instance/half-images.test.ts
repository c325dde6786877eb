import { mkdir, mkdtemp, readdir, readFile, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kill } from "node:process";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openInstances } from "../../../../builder/deployer/local/instance/open-instances.ts";
import type { Instances } from "../../../../builder/deployer/local/instance.ts";
import { LayoutRegistry } from "../../../../builder/registry/layout.ts";
import { silentLog } from "../../../../mesh/log.ts";
import { file, publishLayers } from "./layers.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fmesh-half-images-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (): Promise<Instances> =>
  openInstances({
    registry: new LayoutRegistry({ folder: join(folder, "registry") }),
    folder: join(folder, "deployer"),
    secretsFolder: join(folder, "secrets"),
    sandbox: "off",
    bwrap: undefined,
    programs: {},
    controlGroups: "off",
    log: silentLog,
  });

const onDisk = (kind: "images" | "layers" | "unfinished"): Promise<string[]> => readdir(join(folder, "deployer", kind));

test("a deployer that is killed while it fetches an image leaves nothing that is taken for one", async () => {
  const image = await publishLayers(new LayoutRegistry({ folder: join(folder, "registry") }), [
    { entries: [file("usr/bin/runtime")] },
    { entries: [file("app/run", "x".repeat(500_000)), file("app/last", "whole")] },
  ]);
  const program = join(import.meta.dirname, "fixtures/prepare-half.ts");
  const command = [process.execPath, program, JSON.stringify({ folder, image })];
  const child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  await child.stdout.getReader().read();
  kill(child.pid, "SIGKILL");
  await child.exited;
  expect([await onDisk("images"), await onDisk("layers"), await onDisk("unfinished")]).toMatchObject([
    [],
    { length: 1 },
    { length: 1 },
  ]);
  const instances = await open();
  await instances.prepare(image, { signal: AbortSignal.timeout(30_000) });
  const root = join(folder, "deployer/images", image.digest.slice(7), "root");
  expect(await readFile(join(root, "app/last"), "utf8")).toBe("whole");
  await instances.close();
});

test("what a deployer that was killed has left half unpacked is removed by a later one, when nobody can be at it", async () => {
  const place = join(folder, "deployer/unfinished");
  for (const name of ["abandoned", "being-made"]) await mkdir(join(place, name), { recursive: true });
  const twoHoursAgo = Date.now() / 1000 - 2 * 60 * 60;
  await utimes(join(place, "abandoned"), twoHoursAgo, twoHoursAgo);
  await (await open()).close();
  expect(await readdir(place)).toEqual(["being-made"]);
});
