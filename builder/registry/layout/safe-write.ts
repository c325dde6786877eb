import { randomUUID } from "node:crypto";
import { link, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A process that was killed leaves a file behind; no write takes this long. */
const ABANDONED_MS = 24 * 60 * 60 * 1000;

/** Writes files so that there is all of one or nothing, after a loss of power as well. */
export class SafeWriter {
  readonly #temporary: string;

  /** @param temporary a folder for what is not whole yet, on the same disk. */
  constructor(temporary: string) {
    this.#temporary = temporary;
  }

  /** Writes, makes it last, then gives it its name. */
  async write(path: string, pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    const temporary = await this.#newName();
    try {
      const file = await open(temporary, "wx", 0o644);
      try {
        for await (const piece of pieces) await writeAll(file, piece);
        await file.sync();
      } finally {
        await file.close();
      }
      await mkdir(dirname(path), { recursive: true });
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await syncFolder(dirname(path));
  }

  /** Gives a file a second name, where both are on one disk; `false` when there is no such file, or no way to. */
  async link(existing: string, path: string): Promise<boolean> {
    const temporary = await this.#newName();
    try {
      await link(existing, temporary);
      await mkdir(dirname(path), { recursive: true });
      await rename(temporary, path);
    } catch (error) {
      if (isCode(error, "ENOENT", "EXDEV", "EPERM", "EMLINK", "ENOTSUP", "EOPNOTSUPP")) return false;
      throw error;
    } finally {
      // Renaming one of two names of the same file to the other leaves both.
      await rm(temporary, { force: true });
    }
    await syncFolder(dirname(path));
    return true;
  }

  /** Removes what others abandoned. */
  async sweep(now = Date.now()): Promise<void> {
    for (const name of await readdir(this.#temporary).catch(() => [])) {
      const path = join(this.#temporary, name);
      const age = await stat(path).then(
        ({ mtimeMs }) => now - mtimeMs,
        () => 0,
      );
      if (age > ABANDONED_MS) await rm(path, { force: true });
    }
  }

  async #newName(): Promise<string> {
    await mkdir(this.#temporary, { recursive: true });
    return join(this.#temporary, randomUUID());
  }
}

/** Whether an error of the file system has one of these codes. */
export function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.some((code) => error.code === code);
}

type FileHandle = Awaited<ReturnType<typeof open>>;

// A disk that is nearly full takes a part first, and says so with the next one.
async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.byteLength;) {
    const { bytesWritten } = await file.write(bytes, offset, bytes.byteLength - offset);
    offset += bytesWritten;
  }
}

// A name is in its folder's content, which is to last as well.
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
