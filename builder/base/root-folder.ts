import { lstat, readlink } from "node:fs/promises";
import { join } from "node:path";

/** As many as Linux follows. */
const MAX_LINKS = 40;

/**
 * The files of a system: the machine's own under `/`, or those of another one, unpacked in a folder. Links are followed as
 * that system would: an absolute one begins at its root, and nothing leads out of it.
 */
export class RootFolder {
  /** How a person finds it. */
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Where a path of that system really is on this machine; `undefined` when there is nothing. */
  async find(path: string): Promise<string | undefined> {
    let left = path.split("/");
    let at: string[] = [];
    let links = 0;
    while (left.length > 0) {
      const [name = "", ...rest] = left;
      left = rest;
      if (name === "" || name === ".") continue;
      if (name === "..") {
        at = at.slice(0, -1);
        continue;
      }
      const here = join(this.folder, ...at, name);
      const stats = await lstat(here).catch(ifMissing);
      if (stats === undefined) return undefined;
      if (!stats.isSymbolicLink()) {
        at = [...at, name];
        continue;
      }
      if (++links > MAX_LINKS) return undefined;
      const target = await readlink(here);
      if (target.startsWith("/")) at = [];
      left = [...target.split("/"), ...left];
    }
    return join(this.folder, ...at);
  }
}

function ifMissing(error: unknown): undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") return undefined;
  throw error;
}
