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
import { type DistributionOptions, DistributionRegistry } from "./distribution.ts";
import { ControlPlane, type ControlPlaneOptions } from "./ecr/control-plane.ts";
import { ecrRegion } from "./ecr/host.ts";
import { checkRepository } from "./names.ts";
import { unlessAborted } from "./unless-aborted.ts";

export interface EcrOptions extends Pick<DistributionOptions, "prefix" | "ca" | "idleMs" | "retry" | "log"> {
  /** `123456789012.dkr.ecr.eu-central-1.amazonaws.com` */
  readonly host: string;
  /** How to reach the API of AWS. */
  readonly api?: Omit<ControlPlaneOptions, "region">;
  /** How to reach the registry. Default: as `https://` and the host. */
  readonly origin?: string;
}

/**
 * AWS Elastic Container Registry. It makes repositories that are not there, with tags that do not change and a scan of what is
 * pushed. It needs the permissions `ecr:GetAuthorizationToken`, `ecr:DescribeRepositories`, `ecr:CreateRepository`, and those to
 * push and pull.
 */
export class EcrRegistry implements Registry {
  readonly #registry: DistributionRegistry;
  readonly #control: ControlPlane;
  readonly #prefix: string;

  constructor(options: EcrOptions) {
    const { host, api = {}, origin = `https://${host}`, ...rest } = options;
    const region = ecrRegion(host);
    if (region === undefined) {
      throw new TypeError(`"${host}" is no registry of ECR, such as "123456789012.dkr.ecr.eu-central-1.amazonaws.com"`);
    }
    this.#control = new ControlPlane({ region, ...api });
    // Uploads in pieces lose all but the first there, and some manifests with a subject are answered with 405.
    // https://github.com/aws/containers-roadmap/issues/2831, https://github.com/aws/containers-roadmap/issues/2783
    this.#registry = new DistributionRegistry({
      ...rest,
      origin,
      credentials: this.#control,
      dropsRefusedSubjects: true,
    });
    this.#prefix = rest.prefix === undefined || rest.prefix === "" ? "" : `${rest.prefix}/`;
  }

  get name(): string {
    return this.#registry.name;
  }

  reference(repository: string, digest: Digest): string {
    return this.#registry.reference(repository, digest);
  }

  hasBlob(repository: string, digest: Digest, options?: CallOptions): Promise<boolean> {
    return this.#registry.hasBlob(repository, digest, options);
  }

  async putBlob(repository: string, blob: Blob, options?: PutBlobOptions): Promise<PutBlobResult> {
    await this.#prepare(repository, options?.signal);
    return this.#registry.putBlob(repository, blob, options);
  }

  getBlob(repository: string, digest: Digest, options?: ReadBlobOptions): Promise<ReadableStream<Uint8Array>> {
    return this.#registry.getBlob(repository, digest, options);
  }

  getManifest(repository: string, reference: string, options?: CallOptions): Promise<StoredManifest | undefined> {
    return this.#registry.getManifest(repository, reference, options);
  }

  async putManifest(
    repository: string,
    manifest: { readonly bytes: Uint8Array; readonly mediaType: string },
    options?: CallOptions & { readonly tag?: string },
  ): Promise<Descriptor> {
    await this.#prepare(repository, options?.signal);
    return this.#registry.putManifest(repository, manifest, options);
  }

  referrers(
    repository: string,
    digest: Digest,
    options?: CallOptions & { readonly artifactType?: string },
  ): Promise<readonly Descriptor[]> {
    return this.#registry.referrers(repository, digest, options);
  }

  tags(repository: string, options?: CallOptions): Promise<readonly string[]> {
    return this.#registry.tags(repository, options);
  }

  async close(): Promise<void> {
    await this.#registry.close();
    await this.#control.close();
  }

  async #prepare(repository: string, signal: AbortSignal | undefined): Promise<void> {
    checkRepository(repository);
    signal?.throwIfAborted();
    await unlessAborted(this.#control.ensureRepository(`${this.#prefix}${repository}`), signal);
  }
}
