import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Blob } from "../../registry.ts";
import type { Descriptor, Digest } from "../../oci.ts";
import { hexOf } from "../names.ts";
import { withLock } from "./folder-lock.ts";
import { isCode, SafeWriter } from "./safe-write.ts";
import { indexText, readIndex, type TagIndex, withManifest } from "./tag-index.ts";

/** One repository: a folder that any tool reads as an OCI image layout (OCI image spec 1.1, image-layout.md). */
export class LayoutRepository {
  readonly #folder: string;
  readonly #writer: SafeWriter;
  #isPrepared = false;

  constructor(folder: string) {
    this.#folder = folder;
    this.#writer = new SafeWriter(join(folder, ".unfinished"));
  }

  blobPath(digest: Digest): string {
    return join(this.#folder, "blobs", "sha256", hexOf(digest));
  }

  /** Bytes; `undefined` when it is not there. */
  async blobSize(digest: Digest): Promise<number | undefined> {
    try {
      const found = await stat(this.blobPath(digest));
      return found.isFile() ? found.size : undefined;
    } catch (error) {
      if (isCode(error, "ENOENT")) return undefined;
      throw error;
    }
  }

  async writeBlob(digest: Digest, pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    await this.#prepare();
    await this.#writer.write(this.blobPath(digest), pieces);
  }

  /** Takes a blob over from another repository, without a copy; `false` when that cannot be. */
  async takeBlob(from: LayoutRepository, { digest, size }: Pick<Blob, "digest" | "size">): Promise<boolean> {
    if ((await from.blobSize(digest)) !== size) return false;
    await this.#prepare();
    return this.#writer.link(from.blobPath(digest), this.blobPath(digest));
  }

  /** A blob that is small; `undefined` when it is not there. */
  async readBlob(digest: Digest): Promise<Uint8Array | undefined> {
    try {
      return new Uint8Array(await readFile(this.blobPath(digest)));
    } catch (error) {
      if (isCode(error, "ENOENT")) return undefined;
      throw error;
    }
  }

  readIndex(): Promise<TagIndex> {
    return readIndex(this.#indexPath);
  }

  /** Lists a manifest whose content is there, under a tag when there is one. */
  async list(manifest: Descriptor, tag: string | undefined, signal?: AbortSignal): Promise<void> {
    await this.#prepare();
    await withLock(
      join(this.#folder, ".lock"),
      async () => {
        const index = await this.readIndex();
        const next = withManifest(index, manifest, tag);
        if (next === index) return;
        await this.#writer.write(this.#indexPath, [new TextEncoder().encode(indexText(next))]);
      },
      signal,
    );
  }

  get #indexPath(): string {
    return join(this.#folder, "index.json");
  }

  async #prepare(): Promise<void> {
    if (this.#isPrepared) return;
    await this.#writer.sweep();
    const marker = join(this.#folder, "oci-layout");
    const isThere = await stat(marker).then(
      () => true,
      () => false,
    );
    if (!isThere) await this.#writer.write(marker, [new TextEncoder().encode('{"imageLayoutVersion":"1.0.0"}')]);
    this.#isPrepared = true;
  }
}
