import { mkdir, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ConfigError } from "../../../gateway/config/config-error.ts";
import { loadConfig, watchConfig } from "../../../gateway/runtime/config-file.ts";
import { WatchedFile, env, fileWith, temporaryFolder } from "./watched-file.ts";

async function watched(text: string): Promise<WatchedFile> {
  const file = new WatchedFile(await temporaryFolder());
  file.save(text);
  await file.watch();
  return file;
}

test("a file saved in place is noticed", async () => {
  const file = await watched(fileWith("one"));
  file.save(fileWith("two"));
  expect(await file.next()).toBe("two");
});

test("a file saved by renaming is noticed, again and again", async () => {
  const file = await watched(fileWith("one"));
  for (const id of ["two", "three", "four"]) {
    file.saveByRename(fileWith(id));
    expect(await file.next()).toBe(id);
  }
  file.save(fileWith("five"));
  expect(await file.next()).toBe("five");
});

test("a broken save is told, and the next good one too", async () => {
  const file = await watched(fileWith("one"));
  file.save("projects: [");
  expect(await file.next()).toBeInstanceOf(ConfigError);
  file.save(fileWith("two"));
  expect(await file.next()).toBe("two");
});

test("a file that is mended to what it was before is told: the operator waits for it", async () => {
  const file = await watched(fileWith("one"));
  file.save("projects: [");
  expect(await file.next()).toBeInstanceOf(ConfigError);
  file.save(fileWith("one"));
  expect(await file.next()).toBe("one");
});

test("a save that changes nothing is not told", async () => {
  const file = await watched(fileWith("one"));
  file.save(fileWith("one"));
  file.saveByRename(`# a comment says nothing\n${fileWith("one")}`);
  file.save(fileWith("two"));
  expect(await file.next()).toBe("two");
});

test("a file that vanishes for good is told, and told when it is back", async () => {
  const file = await watched(fileWith("one"));
  file.remove();
  expect(await file.next()).toMatchObject({ message: expect.stringContaining("does not exist") as string });
  file.save(fileWith("one"));
  expect(await file.next()).toBe("one");
});

test("a file that vanishes for a moment is not told", async () => {
  const file = await watched(fileWith("one"));
  file.remove();
  file.save("");
  file.save(fileWith("one"));
  file.save(fileWith("two"));
  expect(await file.next()).toBe("two");
});

test("what was saved between loading and watching is told", async () => {
  const file = new WatchedFile(await temporaryFolder());
  file.save(fileWith("one"));
  const current = await loadConfig(file.path, { env });
  file.save(fileWith("two"));
  await file.watch(current);
  expect(await file.next()).toBe("two");
});

test("a mounted file whose folder is swapped as a whole is noticed", async () => {
  const folder = await temporaryFolder();
  const version = async (name: string, id: string): Promise<void> => {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, "fmesh.yaml"), fileWith(id));
    await symlink(name, join(folder, "..data_tmp"));
    await rename(join(folder, "..data_tmp"), join(folder, "..data"));
  };
  await version("..first", "one");
  await symlink(join("..data", "fmesh.yaml"), join(folder, "fmesh.yaml"));
  const file = new WatchedFile(folder);
  await file.watch();
  await version("..second", "two");
  expect(await file.next()).toBe("two");
});

test("nothing is told after the signal", async () => {
  const folder = await temporaryFolder();
  const ended = new WatchedFile(folder);
  ended.save(fileWith("one"));
  await ended.watch();
  const other = new WatchedFile(folder);
  await other.watch();
  ended.end();
  other.save(fileWith("two"));
  expect(await other.next()).toBe("two");
  expect(await Promise.race([ended.next(), Promise.resolve("nothing")])).toBe("nothing");
});

test("a folder that does not exist cannot be watched", async () => {
  const path = join(await temporaryFolder(), "nowhere", "fmesh.yaml");
  const { signal } = new AbortController();
  const onAny = (): void => expect.unreachable();
  await expect(watchConfig(path, { env, onChange: onAny, onBroken: onAny, signal })).rejects.toThrow(
    `${path}: cannot be watched`,
  );
});
