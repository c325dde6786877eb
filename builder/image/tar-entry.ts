import { ImageError } from "./image-error.ts";

/** What a layer may hold. Paths are relative to the root of the image, with `/` between names and none at an end. */
export type TarEntry = TarFile | TarFolder | TarLink;

export interface TarFile {
  readonly type: "file";
  readonly path: string;
  /** Permission bits, such as `0o644`. */
  readonly mode: number;
  /** All of it, or its length and how to read it, for what is too large to hold. */
  readonly content: Uint8Array | TarContent;
}

export interface TarContent {
  /** Bytes. */
  readonly size: number;
  open(): AsyncIterable<Uint8Array>;
}

export interface TarFolder {
  readonly type: "folder";
  readonly path: string;
  readonly mode: number;
}

export interface TarLink {
  readonly type: "link";
  readonly path: string;
  /** Relative to the folder that the link is in; it may not lead out of the image. */
  readonly target: string;
}

const PARENT_MODE = 0o755;
/** Linux's PATH_MAX, with the end of the string. */
const MAX_PATH_BYTES = 4095;
/** Linux's NAME_MAX. */
const MAX_NAME_BYTES = 255;

/**
 * The entries as an archive has them: sorted, so that their order on a disk does not matter, each once, and with the folders
 * they are in.
 * @throws ImageError `path_refused`
 */
export function arrange<Entry extends TarEntry>(entries: readonly Entry[]): readonly (Entry | TarFolder)[] {
  const byPath = new Map<string, Entry | TarFolder>();
  for (const entry of entries) {
    checkPath(entry.path);
    if (entry.type === "link") checkTarget(entry);
    if (byPath.has(entry.path)) throw refused(entry.path, "is there twice");
    byPath.set(entry.path, entry);
  }
  for (const { path } of entries) {
    for (const parent of parentsOf(path)) {
      const there = byPath.get(parent);
      if (there === undefined) byPath.set(parent, { type: "folder", path: parent, mode: PARENT_MODE });
      else if (there.type !== "folder") throw refused(path, `is inside of "${parent}", which is no folder`);
    }
  }
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function parentsOf(path: string): string[] {
  const names = path.split("/");
  return names.slice(1).map((_, index) => names.slice(0, index + 1).join("/"));
}

function checkPath(path: string): void {
  if (path.startsWith("/")) throw refused(path, "is absolute");
  if (!path.isWellFormed()) throw refused(path, "is not well-formed Unicode");
  if (hasControlCharacter(path)) throw refused(path, "holds a control character");
  if (byteLength(path) > MAX_PATH_BYTES) throw refused(path, `is longer than ${MAX_PATH_BYTES} bytes`);
  for (const name of path.split("/")) {
    if (name === "" || name === "." || name === "..") throw refused(path, `has "${name}" for a name`);
    if (byteLength(name) > MAX_NAME_BYTES) throw refused(path, `has a name longer than ${MAX_NAME_BYTES} bytes`);
    // To an image's unpacker such a file is an order to delete (OCI image spec 1.1, layer.md, whiteouts).
    if (name.startsWith(".wh.")) throw refused(path, `has a name that begins with ".wh."`);
  }
}

function checkTarget({ path, target }: TarLink): void {
  const leads = `is a link to "${target}"`;
  if (target === "" || target.startsWith("/")) throw refused(path, `${leads}, which is not relative`);
  if (hasControlCharacter(target) || !target.isWellFormed()) throw refused(path, `${leads}, which no file is called`);
  if (byteLength(target) > MAX_PATH_BYTES) throw refused(path, `${leads}, longer than ${MAX_PATH_BYTES} bytes`);
  let depth = path.split("/").length - 1;
  for (const name of target.split("/")) {
    depth += name === ".." ? -1 : Number(name !== "" && name !== ".");
    if (depth < 0) throw refused(path, `${leads}, out of the image`);
  }
}

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

function refused(path: string, why: string): ImageError {
  const shown = path.length > 200 ? `${path.slice(0, 200)}…` : path;
  return new ImageError("path_refused", `the file ${JSON.stringify(shown)} cannot be in an image: its path ${why}`);
}
