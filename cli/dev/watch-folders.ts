import { type FSWatcher, statSync, watch } from "node:fs";
import { dirname } from "node:path";
import type { Log } from "../../mesh/log.ts";

/**
 * Tells when something in one of a changing set of folders is saved, made, moved or deleted.
 * Folders, not files: editors that save by renaming a new file over the old one leave a watcher of the old with nothing.
 */
export class FolderWatcher {
  readonly #onEvent: () => void;
  readonly #log: Log;
  readonly #watchers = new Map<string, { readonly watcher: FSWatcher; readonly inode: number }>();
  #hasComplained = false;

  constructor(onEvent: () => void, log: Log) {
    this.#onEvent = onEvent;
    this.#log = log;
  }

  /** Watches the folders of these files, from each up to `root` where it is below it, and no others. */
  watchFilesOf(files: Iterable<string>, root: string): void {
    const wanted = new Map<string, number>();
    for (const file of files) for (const folder of foldersOf(file, root)) addIfThere(wanted, folder);
    for (const [folder, { watcher, inode }] of this.#watchers) {
      // A folder that was deleted and made again is another one, though it has the same name.
      if (wanted.get(folder) === inode) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const [folder, inode] of wanted) if (!this.#watchers.has(folder)) this.#watch(folder, inode);
  }

  close(): void {
    for (const { watcher } of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #watch(folder: string, inode: number): void {
    try {
      const watcher = watch(folder, () => this.#onEvent());
      watcher.on("error", (error) => this.#complain(folder, error));
      this.#watchers.set(folder, { watcher, inode });
    } catch (error) {
      this.#complain(folder, error);
    }
  }

  #complain(folder: string, error: unknown): void {
    if (this.#hasComplained) return;
    this.#hasComplained = true;
    const reason = error instanceof Error ? error.message : String(error);
    this.#log.warn(`"${folder}" cannot be watched, changes in it go unnoticed: ${reason}`);
  }
}

function foldersOf(file: string, root: string): string[] {
  const folders = [dirname(file)];
  for (let at = dirname(file); at.startsWith(`${root}/`);) folders.push((at = dirname(at)));
  return folders;
}

function addIfThere(folders: Map<string, number>, folder: string): void {
  try {
    const found = statSync(folder);
    if (found.isDirectory()) folders.set(folder, found.ino);
  } catch {
    // Missing, or not for us to see: the folder above it, which is watched too, tells when it comes.
  }
}
