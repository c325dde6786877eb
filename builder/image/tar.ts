import { arrange, type TarEntry, type TarFile, type TarFolder, type TarLink } from "./tar-entry.ts";
import { END, headerBlocks, padding, sizeOf, type TarStamp } from "./tar-header.ts";

/** An entry whose content is in memory. */
export type SmallTarEntry = (TarFile & { readonly content: Uint8Array }) | TarFolder | TarLink;

/**
 * An archive, the same bytes for the same entries in whatever order, on every machine.
 * @throws ImageError `path_refused` for a path that would leave the image
 */
export function tar(entries: readonly SmallTarEntry[], stamp: TarStamp): Uint8Array<ArrayBuffer> {
  const parts = arrange(entries).flatMap((entry) => {
    const header = headerBlocks(entry, stamp);
    return entry.type === "file" ? [header, entry.content, padding(entry.content.length)] : [header];
  });
  parts.push(END);
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** The same archive in pieces, for what is too large to hold. */
export async function* tarPieces(entries: readonly TarEntry[], stamp: TarStamp): AsyncGenerator<Uint8Array> {
  for (const entry of arrange(entries)) {
    yield headerBlocks(entry, stamp);
    if (entry.type === "file") {
      yield* contentOf(entry);
      yield padding(sizeOf(entry));
    }
  }
  yield END;
}

async function* contentOf({ path, content }: TarFile): AsyncGenerator<Uint8Array> {
  if (content instanceof Uint8Array) {
    yield content;
    return;
  }
  let read = 0;
  for await (const piece of content.open()) {
    read += piece.length;
    if (read > content.size) break;
    yield piece;
  }
  if (read !== content.size) {
    throw new Error(`"${path}" was ${content.size} bytes long and changed while it was read; try again`);
  }
}
