import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { newCallId } from "../../../mesh/ids.ts";
import type { SavedConfig } from "../../admin/config-store.ts";

const MAX_ENTRIES = 50;
const MAX_BYTES = 20 * 1024 * 1024;
const NAME = /^([0-9a-f]{32})\.json$/;

/** One file of the history. It holds secrets. */
interface Entry {
  readonly at: string;
  readonly by: string;
  readonly text: string;
}

/** Texts that a configuration file held, one file each, for this user's eyes only. Their names begin with the time. */
export class History {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Newest first. @param current the text that is kept now. */
  async entries(current: string): Promise<SavedConfig[]> {
    const entries: SavedConfig[] = [];
    for (const id of await this.#ids()) {
      const entry = await this.#read(id);
      if (entry === undefined) continue;
      const { at, by, text } = entry;
      entries.push({ id, at, by, isCurrent: text === current, bytes: Buffer.byteLength(text) });
    }
    return entries;
  }

  async text(id: string): Promise<string | undefined> {
    return (await this.#read(id))?.text;
  }

  /** Adds a text, unless it is the newest already, and forgets what is too old or too much. */
  async add(text: string, by: string): Promise<void> {
    const [newest, ...older] = await this.#ids();
    if (newest !== undefined && (await this.text(newest)) === text) return;
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const entry: Entry = { at: new Date().toISOString(), by, text };
    await writeFile(this.#path(idAfter(newest)), JSON.stringify(entry), { mode: 0o600, flag: "wx" });
    await this.#forget(newest === undefined ? older : [newest, ...older], Buffer.byteLength(text));
  }

  async #forget(ids: readonly string[], newestBytes: number): Promise<void> {
    let bytes = newestBytes;
    for (const [index, id] of ids.entries()) {
      bytes += Bun.file(this.#path(id)).size;
      if (index + 1 >= MAX_ENTRIES || bytes > MAX_BYTES) await rm(this.#path(id), { force: true });
    }
  }

  /** Newest first. */
  async #ids(): Promise<string[]> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
      throw error;
    });
    return names
      .flatMap((name) => NAME.exec(name)?.[1] ?? [])
      .toSorted()
      .toReversed();
  }

  /** `undefined` for one that was cut off while it was written. */
  async #read(id: string): Promise<Entry | undefined> {
    const written = await readFile(this.#path(id), "utf8");
    try {
      return JSON.parse(written) as Entry;
    } catch (error) {
      if (error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}

/** Two texts of one millisecond stay in their order. */
function idAfter(newest: string | undefined): string {
  for (;;) {
    const id = newCallId();
    if (newest === undefined || id > newest) return id;
  }
}
