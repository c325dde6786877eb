import { type ParsedTarEntry, createTarDecoder } from "modern-tar";
import { chmod, link, mkdir, open, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DeployError } from "../../../deploy-error.ts";
import { checkTarget, layerPath, refused } from "./layer-path.ts";

/** What a layer takes away from those below it. */
export interface Whiteouts {
  /** Paths that are gone. */
  readonly gone: readonly string[];
  /** Folders of which only what this layer has is there. */
  readonly opaque: readonly string[];
}

export interface UnpackOptions {
  /** A new, empty folder. */
  readonly folder: string;
  /** What files may have altogether. */
  readonly maxBytes: number;
}

type Kind = "folder" | "file" | "link";

const MAX_ENTRIES = 200_000;
/** Other images have the same file, so nobody writes to it; nor does one need a bit that gives somebody else's rights. */
const FILE_BITS = 0o555;
const FOLDER_BITS = 0o1777;
/** Whoever removes a folder has to get into it. */
const OWNER_IN_FOLDERS = 0o700;

/**
 * Writes a layer's files into a folder. Every folder in an entry's way was made here and is none but a folder, so that no link
 * leads out of it; owners, devices and rights of others are not taken over.
 * @throws DeployError `invalid` for what must not be in an image; what reading or the disk throws.
 */
export async function unpackLayer(archive: ReadableStream<Uint8Array>, options: UnpackOptions): Promise<Whiteouts> {
  const decoder = createTarDecoder();
  const unpacking = new Unpacking(options);
  const pumping = archive.pipeTo(decoder.writable);
  // Both end before anybody removes the folder; the reader knows best what was wrong, unless its source broke off.
  const [reading, pumped] = await Promise.allSettled([unpacking.readAll(decoder.readable), pumping]);
  if (reading.status === "rejected" && reading.reason instanceof DeployError) throw reading.reason;
  if (pumped.status === "rejected") throw pumped.reason;
  if (reading.status === "rejected") throw reading.reason;
  return { gone: unpacking.gone, opaque: unpacking.opaque };
}

class Unpacking {
  readonly gone: string[] = [];
  readonly opaque: string[] = [];
  readonly #options: UnpackOptions;
  readonly #kinds = new Map<string, Kind>([["", "folder"]]);
  #bytes = 0;

  constructor(options: UnpackOptions) {
    this.#options = options;
  }

  async readAll(entries: ReadableStream<ParsedTarEntry>): Promise<void> {
    for await (const entry of entries) {
      await this.#read(entry);
      if (this.#kinds.size + this.gone.length > MAX_ENTRIES) {
        throw new DeployError("invalid", `a layer of the image has more than ${MAX_ENTRIES} files`);
      }
    }
  }

  async #read(entry: ParsedTarEntry): Promise<void> {
    const { kind, path } = layerPath(entry.header.name);
    if (kind === "entry") return this.#write(path, entry);
    (kind === "opaque" ? this.opaque : this.gone).push(path);
    await entry.body.cancel();
  }

  async #write(path: string, { header, body }: ParsedTarEntry): Promise<void> {
    const { type = "file", mode, linkname = "" } = header;
    if (type === "directory") {
      await body.cancel();
      return this.#folder(path, mode ?? 0o755);
    }
    if (this.#kinds.has(path)) throw refused(path, "is there twice");
    await this.#parents(path);
    if (type === "file") {
      await this.#file(path, mode ?? 0o644, body);
    } else {
      await body.cancel();
      if (type === "symlink") await this.#symlink(path, linkname);
      else if (type === "link") await this.#hardLink(path, linkname);
      else throw refused(path, `is a ${type}: only files, folders and links can be in an image`);
    }
  }

  async #folder(path: string, mode: number): Promise<void> {
    const there = this.#kinds.get(path);
    if (there !== undefined && there !== "folder") throw refused(path, "is there twice");
    if (there === undefined) {
      await this.#parents(path);
      await mkdir(this.#onDisk(path));
      this.#kinds.set(path, "folder");
    }
    await chmod(this.#onDisk(path), (mode & FOLDER_BITS) | OWNER_IN_FOLDERS);
  }

  async #parents(path: string): Promise<void> {
    const parent = dirname(path);
    if (parent === ".") return;
    const kind = this.#kinds.get(parent);
    if (kind === undefined) await this.#folder(parent, 0o755);
    else if (kind !== "folder") throw refused(path, `is inside of "${parent}", which is no folder`);
  }

  async #file(path: string, mode: number, body: ReadableStream<Uint8Array>): Promise<void> {
    const file = await open(this.#onDisk(path), "wx", 0o600);
    this.#kinds.set(path, "file");
    try {
      for await (const chunk of body) {
        this.#bytes += chunk.length;
        if (this.#bytes > this.#options.maxBytes) throw tooLarge(this.#options.maxBytes);
        await file.writeFile(chunk);
      }
      await file.chmod(mode & FILE_BITS);
      // Its folder is renamed when all is there: then all has to be there, after a loss of power as well.
      await file.datasync();
    } finally {
      await file.close();
    }
  }

  async #symlink(path: string, target: string): Promise<void> {
    checkTarget(path, target);
    await symlink(target, this.#onDisk(path));
    this.#kinds.set(path, "link");
  }

  async #hardLink(path: string, name: string): Promise<void> {
    const target = layerPath(name);
    if (target.kind !== "entry" || this.#kinds.get(target.path) !== "file") {
      throw refused(path, `is another name for ${JSON.stringify(name)}, which is no file of its layer`);
    }
    await link(this.#onDisk(target.path), this.#onDisk(path));
    this.#kinds.set(path, "file");
  }

  #onDisk(path: string): string {
    return join(this.#options.folder, path);
  }
}

function tooLarge(bytes: number): DeployError {
  return new DeployError("invalid", `the image unpacks to more than ${bytes} bytes; leave out what it does not need`);
}
