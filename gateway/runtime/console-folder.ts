import { realpath } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { type ConsoleFile, type ConsoleFiles, ConsoleNotBuilt } from "../console.ts";

/** The console's files in a folder, held once they were asked for: they change only as a whole. */
export class ConsoleFolder implements ConsoleFiles {
  readonly #folder: string;
  readonly #building: () => Promise<void> | undefined;
  /** By where they really are: one file has any number of paths that lead to it, and whoever likes may ask by all of them. */
  readonly #held = new Map<string, ConsoleFile>();

  /** @param building what makes the files, while it does; rejects when they cannot be made. */
  constructor(folder: string, building: () => Promise<void> | undefined = () => undefined) {
    this.#folder = folder;
    this.#building = building;
  }

  async find(path: string): Promise<ConsoleFile | undefined> {
    const held = this.#held.get(path);
    if (held !== undefined) return held;
    await this.#ensureBuilt();
    const own = await this.#ownPathOf(path);
    return own === undefined ? undefined : (this.#held.get(own) ?? (await this.#hold(own)));
  }

  async #hold(own: string): Promise<ConsoleFile> {
    const place = join(this.#folder, own);
    const source = Bun.file(place);
    const packed = Bun.file(`${place}.gz`);
    const file: ConsoleFile = {
      bytes: await source.bytes(),
      type: source.type,
      gzip: (await packed.exists()) ? await packed.bytes() : undefined,
    };
    this.#held.set(own, file);
    return file;
  }

  async #ensureBuilt(): Promise<void> {
    if (this.#held.size > 0) return;
    const building = this.#building();
    if (building !== undefined) {
      // Whoever opens the console in its first seconds need not come again.
      await building.catch((error: unknown) => {
        throw new ConsoleNotBuilt(error instanceof Error ? error.message : String(error), { cause: error });
      });
    }
    if (await Bun.file(join(this.#folder, "index.html")).exists()) return;
    throw new ConsoleNotBuilt("the console was not built; run `npm run console:build`");
  }

  /** The one path of the file that `path` leads to, if it is one of the folder's own. */
  async #ownPathOf(path: string): Promise<string | undefined> {
    try {
      const [place, folder] = await Promise.all([realpath(join(this.#folder, path)), realpath(this.#folder)]);
      if (!place.startsWith(`${folder}${sep}`) || !(await Bun.file(place).exists())) return undefined;
      return relative(folder, place);
    } catch {
      // No such file, or a path that none can have.
      return undefined;
    }
  }
}
