import { mkdir, readdir, rename, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SECRET_REFERENCE } from "../../mesh/function.ts";

/** A secret that is there. Its value is shown to nobody. */
export interface KeptSecret {
  /** As functions name it: `stripe/api-key`. */
  readonly reference: string;
  /** RFC 3339. */
  readonly updatedAt: string;
}

/** The secrets of a project for functions of this machine: a file for each, which only this user can read. */
export class SecretFiles {
  readonly #folder: string;

  /** @param folder the project's; it is made when there is something to keep. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Keeps a secret, in place of one that was there. */
  async set(reference: string, value: Uint8Array): Promise<void> {
    const file = this.#file(reference);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    // Whoever starts a function meanwhile reads the one or the other as a whole.
    const draft = `${file}~${crypto.randomUUID()}`;
    try {
      await writeFile(draft, value, { mode: 0o600, flag: "wx" });
      await rename(draft, file);
    } finally {
      await rm(draft, { force: true });
    }
  }

  /** All there are, by reference. */
  async list(): Promise<readonly KeptSecret[]> {
    const names = await filesIn(this.#folder);
    const keys = await Promise.all(names.map((name) => filesIn(join(this.#folder, name))));
    const references = names.flatMap((name, place) => (keys[place] ?? []).map((key) => `${name}/${key}`));
    return Promise.all(
      references
        .filter((reference) => SECRET_REFERENCE.test(reference))
        .toSorted()
        .map(async (reference) => ({
          reference,
          updatedAt: (await stat(this.#file(reference))).mtime.toISOString(),
        })),
    );
  }

  /** Whether there was one. */
  async remove(reference: string): Promise<boolean> {
    const file = this.#file(reference);
    try {
      await rm(file);
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
    // One with other keys stays.
    await rmdir(dirname(file)).catch(() => undefined);
    return true;
  }

  #file(reference: string): string {
    if (!SECRET_REFERENCE.test(reference)) throw new TypeError(`"${reference}" does not name a secret`);
    return join(this.#folder, reference);
  }
}

async function filesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
