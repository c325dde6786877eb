import { isAbsolute, join } from "node:path";
import type { Descriptor, Digest } from "../oci.ts";
import type {
  Blob,
  CallOptions,
  PutBlobOptions,
  PutBlobResult,
  ReadBlobOptions,
  Registry,
  StoredManifest,
} from "../registry.ts";
import { verifiedPiecesOf } from "./content.ts";
import { explainFileError } from "./layout/file-error.ts";
import { readStream } from "./layout/read-file.ts";
import { LayoutRepository } from "./layout/repository.ts";
import { isCode } from "./layout/safe-write.ts";
import { tagOf } from "./layout/tag-index.ts";
import { readManifest, ReferrerReader, writeManifest } from "./layout/manifests.ts";
import { checkDigest, checkRepository } from "./names.ts";
import { RegistryError } from "./registry-error.ts";
import { verified } from "./verified.ts";

/** Names that a layout needs for itself. */
const RESERVED = ["blobs", "index.json", "oci-layout"];

/**
 * A registry that is a folder with nothing to install: one OCI image layout per repository, which `skopeo`, `podman` and others
 * read as `oci:<folder>/<repository>:<tag>`. Several processes may write at once.
 */
export class LayoutRegistry implements Registry {
  readonly name: string;
  readonly #folder: string;
  readonly #repositories = new Map<string, LayoutRepository>();
  readonly #referrers = new ReferrerReader();

  /** @param options.folder absolute; it is made when something is published. */
  constructor({ folder }: { readonly folder: string }) {
    if (!isAbsolute(folder)) throw new TypeError(`the folder of a layout has to be absolute; "${folder}" is not`);
    this.#folder = folder;
    this.name = `oci-layout:${folder}`;
  }

  reference(repository: string, digest: Digest): string {
    return `${this.name}/${repository}@${digest}`;
  }

  hasBlob(repository: string, digest: Digest, options: CallOptions = {}): Promise<boolean> {
    return this.#in(repository, options, async (layout) => {
      checkDigest(digest);
      return (await layout.blobSize(digest)) !== undefined;
    });
  }

  putBlob(repository: string, blob: Blob, options: PutBlobOptions = {}): Promise<PutBlobResult> {
    return this.#in(repository, options, async (layout) => {
      const { digest, size } = blob;
      checkDigest(digest);
      if ((await layout.blobSize(digest)) === size) return { by: "existing", sent: 0 };
      if (options.from !== undefined && (await layout.takeBlob(this.#repository(options.from), blob))) {
        return { by: "mount", sent: 0 };
      }
      await layout.writeBlob(digest, counted(verifiedPiecesOf(blob, options.signal), options.onProgress));
      return { by: "upload", sent: size };
    });
  }

  getBlob(repository: string, digest: Digest, options: ReadBlobOptions = {}): Promise<ReadableStream<Uint8Array>> {
    const { signal, size } = options;
    return this.#in(repository, options, async (layout) => {
      checkDigest(digest);
      const what = `blob "${digest}" of "${repository}"`;
      const content = await readStream(layout.blobPath(digest), signal).catch((error: unknown) => {
        if (!isCode(error, "ENOENT")) throw error;
        throw new RegistryError("not_found", `${what} is not in "${this.name}"; publish it again`, { cause: error });
      });
      return verified(content, { digest, size, what });
    });
  }

  getManifest(repository: string, reference: string, options: CallOptions = {}): Promise<StoredManifest | undefined> {
    return this.#in(repository, options, (layout) => readManifest(layout, { repository, reference }));
  }

  putManifest(
    repository: string,
    manifest: { readonly bytes: Uint8Array; readonly mediaType: string },
    options: CallOptions & { readonly tag?: string } = {},
  ): Promise<Descriptor> {
    return this.#in(repository, options, (layout) => writeManifest(layout, { ...manifest, ...options, repository }));
  }

  referrers(
    repository: string,
    digest: Digest,
    options: CallOptions & { readonly artifactType?: string } = {},
  ): Promise<readonly Descriptor[]> {
    return this.#in(repository, options, async (layout) => {
      checkDigest(digest);
      const { artifactType } = options;
      const found = await this.#referrers.read(layout, digest);
      return artifactType === undefined ? found : found.filter((entry) => entry.artifactType === artifactType);
    });
  }

  tags(repository: string, options: CallOptions = {}): Promise<readonly string[]> {
    return this.#in(repository, options, async (layout) => {
      const tags = (await layout.readIndex()).manifests.map(tagOf).filter((tag) => tag !== undefined);
      return [...new Set(tags)].toSorted();
    });
  }

  async close(): Promise<void> {
    // Every file is closed when its method ends.
  }

  async #in<T>(
    repository: string,
    { signal }: CallOptions,
    work: (layout: LayoutRepository) => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted();
    try {
      return await work(this.#repository(repository));
    } catch (error) {
      signal?.throwIfAborted();
      throw explainFileError(error, `repository "${repository}" in "${this.#folder}"`);
    }
  }

  #repository(name: string): LayoutRepository {
    checkRepository(name);
    const reserved = name.split("/").find((part) => RESERVED.includes(part));
    if (reserved !== undefined) {
      throw new RegistryError(
        "refused",
        `the repository "${name}" cannot be in a layout, which needs "${reserved}" itself`,
      );
    }
    const known = this.#repositories.get(name);
    if (known !== undefined) return known;
    const layout = new LayoutRepository(join(this.#folder, name));
    this.#repositories.set(name, layout);
    return layout;
  }
}

async function* counted(
  pieces: AsyncIterable<Uint8Array>,
  onProgress: ((sent: number) => void) | undefined,
): AsyncGenerator<Uint8Array> {
  let sent = 0;
  for await (const piece of pieces) {
    yield piece;
    sent += piece.byteLength;
    onProgress?.(sent);
  }
}
