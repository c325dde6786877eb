import { randomUUID } from "node:crypto";
import { chmod, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** What was killed leaves a folder behind; nothing is worked at for this long. */
const ABANDONED_MS = 60 * 60 * 1000;

/** Folders that get their names when they are whole, and lose them before they are removed. */
export class Unfinished {
  readonly #folder: string;

  /** @param folder where what is not whole is kept, on the same disk. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes a folder; when somebody else was first, theirs is as good. */
  async make(target: string, work: (folder: string) => Promise<void>): Promise<void> {
    const folder = await this.#newFolder();
    try {
      await work(folder);
      await rename(folder, target).catch((error: unknown) => {
        if (!isThere(error)) throw error;
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Nobody finds half of a folder that is being removed. */
  async remove(target: string): Promise<void> {
    const folder = await this.#newFolder();
    try {
      await rename(target, join(folder, "removed"));
    } catch (error) {
      if (!isMissing(error)) throw error;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Removes what others abandoned. */
  async sweep(now = Date.now()): Promise<void> {
    for (const name of await readdir(this.#folder).catch(() => [])) {
      const path = join(this.#folder, name);
      const changedAt = await stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => now,
      );
      if (now - changedAt > ABANDONED_MS) await rm(path, { recursive: true, force: true });
    }
  }

  async #newFolder(): Promise<string> {
    const folder = join(this.#folder, randomUUID());
    await mkdir(folder, { recursive: true });
    // Whoever instances run as has to get in, whatever the umask.
    await chmod(folder, 0o755);
    return folder;
  }
}

function isThere(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOTEMPTY" || error.code === "EEXIST");
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
