import { type Log, silentLog } from "../../mesh/log.ts";
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
import { anonymous, type CredentialSource } from "./credentials.ts";
import { Authenticator } from "./distribution/authenticator.ts";
import { hasBlob, readBlob } from "./distribution/blobs.ts";
import { Http } from "./distribution/http.ts";
import { readManifest } from "./distribution/manifests.ts";
import { isSafe } from "./distribution/origin.ts";
import { Publisher } from "./distribution/publisher.ts";
import { FallbackTags, isFallbackTag, readReferrers } from "./distribution/referrers.ts";
import { RETRY, type RetryPolicy } from "./distribution/retry.ts";
import { toRead } from "./distribution/scopes.ts";
import { readTags } from "./distribution/tags.ts";
import { Transport } from "./distribution/transport.ts";
import { putBlob } from "./distribution/upload.ts";
import { checkDigest, checkRepository, checkTag, isDigest } from "./names.ts";

export interface DistributionOptions {
  /** `https://registry.example.com:5000`; plain `http:` only for this machine, or when {@link allowsPlainHttp} says so. */
  readonly origin: string;
  /** Before the name of every repository: `functions`. Default: nothing. */
  readonly prefix?: string;
  /** Default: nobody in particular. */
  readonly credentials?: CredentialSource;
  /** Passwords and images go over the network as anybody there can read them. Default: no. */
  readonly allowsPlainHttp?: boolean;
  /** The authorities to trust instead of the usual ones, PEM. */
  readonly ca?: string;
  /** No byte for so long ends an attempt. Default: half a minute. */
  readonly idleMs?: number;
  readonly retry?: Partial<RetryPolicy>;
  /** Larger blobs are uploaded in pieces of so many bytes, which can be taken up after a break. Default: all are sent whole. */
  readonly chunkBytes?: number;
  /** Publishes what a registry refuses because it has a `subject` without it. Default: no. */
  readonly dropsRefusedSubjects?: boolean;
  readonly log?: Log;
}

/** Any registry of the OCI distribution spec 1.1, such as Harbor, GHCR, GitLab, Docker Hub, or Debian's `docker-registry`. */
export class DistributionRegistry implements Registry {
  readonly name: string;
  readonly #prefix: string;
  readonly #transport: Transport;
  readonly #publisher: Publisher;
  readonly #chunkBytes: number | undefined;
  readonly #log: Log;

  constructor(options: DistributionOptions) {
    const { origin: address, prefix = "", credentials = anonymous, allowsPlainHttp = false, ca } = options;
    const origin = URL.parse(address);
    if (origin === null || !isSafe(origin, allowsPlainHttp) || origin.href !== `${origin.origin}/`) {
      throw new TypeError(
        `the registry "${origin?.host ?? address}" has to be an https: address without anything else in it; ` +
          "http: is for this machine, or for networks where you allow it",
      );
    }
    if (prefix !== "") checkRepository(prefix);
    const policy = { ...RETRY, ...options.retry };
    const http = new Http({ ca, idleMs: options.idleMs ?? 30_000 });
    const authenticator = new Authenticator({ host: origin.host, source: credentials, http, policy, allowsPlainHttp });
    this.#transport = new Transport({ origin, http, authenticator, policy, allowsPlainHttp });
    this.#publisher = new Publisher(this.#transport, {
      fallback: new FallbackTags(this.#transport),
      dropsRefusedSubjects: options.dropsRefusedSubjects ?? false,
    });
    this.#prefix = prefix === "" ? "" : `${prefix}/`;
    this.#chunkBytes = options.chunkBytes;
    this.#log = options.log ?? silentLog;
    this.name = prefix === "" ? origin.host : `${origin.host}/${prefix}`;
  }

  reference(repository: string, digest: Digest): string {
    return `${this.name}/${repository}@${digest}`;
  }

  async hasBlob(repository: string, digest: Digest, { signal }: CallOptions = {}): Promise<boolean> {
    checkDigest(digest);
    const path = this.#path(repository);
    return hasBlob(this.#transport, { path, digest, signal, scope: toRead(path) });
  }

  async putBlob(repository: string, blob: Blob, options: PutBlobOptions = {}): Promise<PutBlobResult> {
    const { from, ...rest } = options;
    checkDigest(blob.digest);
    return putBlob(this.#transport, blob, {
      ...rest,
      path: this.#path(repository),
      fromPath: from === undefined || from === repository ? undefined : this.#path(from),
      chunkBytes: this.#chunkBytes,
      log: this.#log,
    });
  }

  async getBlob(
    repository: string,
    digest: Digest,
    options: ReadBlobOptions = {},
  ): Promise<ReadableStream<Uint8Array>> {
    checkDigest(digest);
    return readBlob(this.#transport, { ...options, path: this.#path(repository), digest });
  }

  async getManifest(
    repository: string,
    reference: string,
    { signal }: CallOptions = {},
  ): Promise<StoredManifest | undefined> {
    if (!isDigest(reference)) checkTag(reference);
    const found = await readManifest(this.#transport, { path: this.#path(repository), reference, signal });
    return found && { bytes: found.bytes, mediaType: found.mediaType, digest: found.digest };
  }

  async putManifest(
    repository: string,
    manifest: { readonly bytes: Uint8Array; readonly mediaType: string },
    options: CallOptions & { readonly tag?: string } = {},
  ): Promise<Descriptor> {
    if (options.tag !== undefined) checkTag(options.tag);
    return this.#publisher.publish({ ...manifest, ...options, path: this.#path(repository) });
  }

  async referrers(
    repository: string,
    digest: Digest,
    options: CallOptions & { readonly artifactType?: string } = {},
  ): Promise<readonly Descriptor[]> {
    checkDigest(digest);
    const { artifactType, signal } = options;
    const found = await readReferrers(this.#transport, { path: this.#path(repository), digest, signal });
    return artifactType === undefined ? found : found.filter((entry) => entry.artifactType === artifactType);
  }

  async tags(repository: string, { signal }: CallOptions = {}): Promise<readonly string[]> {
    const tags = await readTags(this.#transport, { path: this.#path(repository), signal });
    return tags.filter((tag) => !isFallbackTag(tag)).toSorted();
  }

  async close(): Promise<void> {
    // Connections end by themselves when they are idle.
  }

  #path(repository: string): string {
    const path = `${this.#prefix}${repository}`;
    checkRepository(repository);
    checkRepository(path);
    return path;
  }
}
