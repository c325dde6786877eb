import { lstat, mkdtemp, readdir, realpath, rm } from "node:fs/promises";
import { join } from "node:path";

/** Lends a new folder to `work`, and removes it with all that is in it, however `work` ends. */
export async function inWorkFolder<T>(parent: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(await realpath(parent), "fmesh-build-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Bytes of the files below a folder, each once; what vanishes while they are counted counts nothing. */
export async function folderBytes(folder: string): Promise<number> {
  let total = 0;
  const seen = new Set<number>();
  const folders = [folder];
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    const entries = await present(readdir(at, { withFileTypes: true }));
    const files: string[] = [];
    for (const entry of entries ?? []) (entry.isDirectory() ? folders : files).push(join(at, entry.name));
    for (const found of await Promise.all(files.map((file) => present(lstat(file))))) {
      if (found === undefined || seen.has(found.ino)) continue;
      seen.add(found.ino);
      total += found.size;
    }
  }
  return total;
}

async function present<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
