import { chmod, copyFile, link, lstat, mkdir, readdir, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Whiteouts } from "./unpack-layer.ts";

export interface UnpackedLayer extends Whiteouts {
  /** Where its files are. */
  readonly root: string;
}

/** What a sandbox lays over the image's files has to have a place there, which cannot be made in what is read-only. */
const FOLDERS = ["tmp", "proc", "dev", "etc"];
const FILES = ["etc/resolv.conf", "etc/hosts"];

/**
 * Puts layers on each other, as one folder: its files are the layers' own, under a second name, and so in memory once for all
 * images that share a layer. As in an overlay, no link of a lower layer is followed.
 */
export async function joinLayers(layers: readonly UnpackedLayer[], root: string): Promise<void> {
  await ensureFolder(root);
  for (const layer of layers) {
    for (const path of layer.opaque) await empty(join(root, path), root);
    for (const path of layer.gone) await remove(join(root, path), root);
    await addFolder(layer.root, root);
  }
  for (const path of FOLDERS) await ensureFolder(join(root, path));
  for (const path of FILES) await ensureFile(join(root, path));
}

async function addFolder(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      await ensureFolder(target);
      await chmod(target, (await lstat(source)).mode & 0o7777);
      await addFolder(source, target);
      continue;
    }
    await rm(target, { recursive: true, force: true });
    if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else await linkOrCopy(source, target);
  }
}

async function linkOrCopy(source: string, target: string): Promise<void> {
  try {
    await link(source, target);
  } catch (error) {
    // A file can have so many names only, and none on some disks.
    const isImpossible = error instanceof Error && "code" in error && ["EMLINK", "EPERM"].includes(String(error.code));
    if (!isImpossible) throw error;
    await copyFile(source, target);
  }
}

async function ensureFolder(path: string): Promise<void> {
  const there = await lstat(path).catch(ifMissing);
  if (there?.isDirectory() === true) return;
  await rm(path, { force: true });
  await mkdir(path);
  await chmod(path, 0o755);
}

async function ensureFile(path: string): Promise<void> {
  const there = await lstat(path).catch(ifMissing);
  if (there?.isFile() === true) return;
  await rm(path, { recursive: true, force: true });
  await writeFile(path, "");
  await chmod(path, 0o644);
}

async function empty(folder: string, root: string): Promise<void> {
  if (!(await isWithin(folder, root))) return;
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
}

async function remove(path: string, root: string): Promise<void> {
  if (await isWithin(join(path, ".."), root)) await rm(path, { recursive: true, force: true });
}

/** Whether it is a folder, and so are those above it: behind a link something else would be removed. */
async function isWithin(folder: string, root: string): Promise<boolean> {
  const names = folder.slice(root.length).split("/").filter(Boolean);
  for (let at = root; ; at = join(at, names.shift() ?? "")) {
    if ((await lstat(at).catch(ifMissing))?.isDirectory() !== true) return false;
    if (names.length === 0) return true;
  }
}

function ifMissing(error: unknown): undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") return undefined;
  throw error;
}
