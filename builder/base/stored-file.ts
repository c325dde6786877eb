import { open, stat } from "node:fs/promises";
import type { TarContent, TarFile } from "../image/tar-entry.ts";

/** What is read at once. */
const PIECE = 1024 * 1024;

/** A file of this machine as it goes into an archive: its content, and nothing else of it. */
export interface StoredFile extends TarFile {
  readonly content: TarContent & {
    /** Another one when the file has changed; without reading it. */
    readonly state: string;
  };
}

export async function storedFile(path: string, file: string, mode: number): Promise<StoredFile> {
  const { size, mtimeMs, ino } = await stat(file);
  const state = JSON.stringify([file, size, mtimeMs, ino]);
  return { type: "file", path, mode, content: { size, state, open: () => readPieces(file) } };
}

/** Pieces of the same length on every machine, so that they are compressed alike. */
export async function* readPieces(file: string): AsyncGenerator<Uint8Array> {
  await using handle = await open(file, "r");
  for (;;) {
    const piece = new Uint8Array(PIECE);
    let filled = 0;
    while (filled < PIECE) {
      const { bytesRead } = await handle.read(piece, filled, PIECE - filled, null);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    if (filled > 0) yield piece.subarray(0, filled);
    if (filled < PIECE) return;
  }
}
