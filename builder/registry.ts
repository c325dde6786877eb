import type { Closable } from "../mesh/lifecycle.ts";
import type { Descriptor, Digest } from "./oci.ts";

/**
 * Where images are published. Adapters: `registry/layout.ts` (a folder, the default), `registry/distribution.ts` (any registry
 * of the OCI distribution spec 1.1), `registry/ecr.ts` (AWS ECR).
 *
 * A repository is a name such as `shop/adder`, as the distribution spec allows it. Every method ends by its signal, and throws
 * {@link RegistryError} for what went wrong, without credentials. Nothing can be seen under a tag before all of it is there.
 */
export interface Registry extends Closable {
  /** How others name it: `registry.example.com/functions`. A repository comes after it. */
  readonly name: string;
  /** How a cluster pulls a manifest: `registry.example.com/functions/shop/adder@sha256:…`. */
  reference(repository: string, digest: Digest): string;
  hasBlob(repository: string, digest: Digest, options?: CallOptions): Promise<boolean>;
  /** Uploads what is not there yet. Tried again where that is safe. */
  putBlob(repository: string, blob: Blob, options?: PutBlobOptions): Promise<PutBlobResult>;
  /** @throws RegistryError `not_found`, or `digest_mismatch` when reading it to the end. */
  getBlob(repository: string, digest: Digest, options?: ReadBlobOptions): Promise<ReadableStream<Uint8Array>>;
  /** By tag or digest; what does not have the digest that was asked for is a `digest_mismatch`. */
  getManifest(repository: string, reference: string, options?: CallOptions): Promise<StoredManifest | undefined>;
  /** Publishes a manifest whose blobs are all there, with a `subject` also as its referrer. */
  putManifest(
    repository: string,
    manifest: { readonly bytes: Uint8Array; readonly mediaType: string },
    options?: CallOptions & { readonly tag?: string },
  ): Promise<Descriptor>;
  /** What is attached to a manifest; by the referrers API, or the fallback tag where a registry has none. */
  referrers(
    repository: string,
    digest: Digest,
    options?: CallOptions & { readonly artifactType?: string },
  ): Promise<readonly Descriptor[]>;
  tags(repository: string, options?: CallOptions): Promise<readonly string[]>;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface ReadBlobOptions extends CallOptions {
  /** Bytes that it has to have, where they are known: more is not read. */
  readonly size?: number;
}

/** Content to be uploaded. It is opened again for every attempt. */
export interface Blob {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  open(): Uint8Array | ReadableStream<Uint8Array> | Promise<ReadableStream<Uint8Array>>;
}

export interface PutBlobOptions extends CallOptions {
  /** A repository of the same registry that may have it: it is then mounted from there instead of uploaded. */
  readonly from?: string;
  /** Bytes that went so far. */
  readonly onProgress?: (sent: number) => void;
}

/** What it took: nothing, a mount from another repository, or an upload. */
export interface PutBlobResult {
  readonly by: "existing" | "mount" | "upload";
  /** Bytes that went over the wire. */
  readonly sent: number;
}

export interface StoredManifest {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly digest: Digest;
}
