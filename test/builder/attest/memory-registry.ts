import { digestOf } from "../../../builder/digest.ts";
import type { Descriptor, Digest, Manifest } from "../../../builder/oci.ts";
import type { Blob, PutBlobResult, Registry, StoredManifest } from "../../../builder/registry.ts";
import { RegistryError } from "../../../builder/registry/registry-error.ts";

/**
 * A registry in memory that does what it is told: it may be made to lie, and counts what was written. Repositories are not kept
 * apart.
 */
export class MemoryRegistry implements Registry {
  readonly name = "registry.example.com/functions";
  readonly blobs = new Map<Digest, Uint8Array>();
  readonly manifests = new Map<Digest, StoredManifest>();
  readonly taggedAs = new Map<string, Digest>();
  /** Manifests that were put, tags that were moved, blobs that were new. */
  writes = 0;
  /** Called before a manifest is put under a tag: for somebody else who is faster. */
  beforeTag: (tag: string) => void = () => undefined;

  reference(repository: string, digest: Digest): string {
    return `${this.name}/${repository}@${digest}`;
  }

  async hasBlob(_repository: string, digest: Digest): Promise<boolean> {
    return this.blobs.has(digest);
  }

  async putBlob(_repository: string, blob: Blob): Promise<PutBlobResult> {
    if (this.blobs.has(blob.digest)) return { by: "existing", sent: 0 };
    const opened = await blob.open();
    this.blobs.set(blob.digest, opened instanceof Uint8Array ? opened : await new Response(opened).bytes());
    this.writes += 1;
    return { by: "upload", sent: blob.size };
  }

  async getBlob(_repository: string, digest: Digest): Promise<ReadableStream<Uint8Array>> {
    const bytes = this.blobs.get(digest);
    if (bytes === undefined) throw new RegistryError("not_found", `there is no blob "${digest}"`);
    return new ReadableStream({
      start(controller) {
        controller.enqueue(bytes);
        controller.close();
      },
    });
  }

  async getManifest(_repository: string, reference: string): Promise<StoredManifest | undefined> {
    return this.manifests.get(this.taggedAs.get(reference) ?? (reference as Digest));
  }

  async putManifest(
    _repository: string,
    { bytes, mediaType }: { readonly bytes: Uint8Array; readonly mediaType: string },
    { tag }: { readonly tag?: string } = {},
  ): Promise<Descriptor> {
    if (tag !== undefined) this.beforeTag(tag);
    const digest = digestOf(bytes);
    this.manifests.set(digest, { bytes, mediaType, digest });
    if (tag !== undefined) this.taggedAs.set(tag, digest);
    this.writes += 1;
    return { mediaType, digest, size: bytes.length };
  }

  async referrers(_repository: string, digest: Digest): Promise<readonly Descriptor[]> {
    return [...this.manifests.values()].flatMap((stored) => {
      const manifest = JSON.parse(new TextDecoder().decode(stored.bytes)) as Manifest;
      if (manifest.subject?.digest !== digest) return [];
      const { mediaType, bytes } = stored;
      const { artifactType, annotations } = manifest;
      return [
        {
          mediaType,
          digest: stored.digest,
          size: bytes.length,
          ...(artifactType === undefined ? {} : { artifactType }),
          ...(annotations === undefined ? {} : { annotations }),
        },
      ];
    });
  }

  async tags(): Promise<readonly string[]> {
    return [...this.taggedAs.keys()];
  }

  async close(): Promise<void> {
    this.blobs.clear();
  }
}
