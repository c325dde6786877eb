import type { Descriptor, Digest } from "../../oci.ts";
import { factsOf, type ManifestFacts } from "../manifest-facts.ts";
import { RegistryError } from "../registry-error.ts";
import { digestOf } from "../../digest.ts";
import { type ManifestToWrite, readManifest, writeManifest } from "./manifests.ts";
import type { FallbackTags } from "./referrers.ts";
import type { Transport } from "./transport.ts";

export interface PublisherOptions {
  readonly fallback: FallbackTags;
  readonly dropsRefusedSubjects: boolean;
}

type Manifest = Omit<ManifestToWrite, "etag">;

/** Publishes manifests, and lists those with a subject where the registry does not. */
export class Publisher {
  readonly #transport: Transport;
  readonly #options: PublisherOptions;

  constructor(transport: Transport, options: PublisherOptions) {
    this.#transport = transport;
    this.#options = options;
  }

  async publish(manifest: Manifest): Promise<Descriptor> {
    const { bytes, tag, path, signal } = manifest;
    const facts = factsOf(bytes, `manifest "${tag ?? digestOf(bytes)}" for "${path}"`);
    const { descriptor, isListed, referrer } = await this.#put(manifest, facts);
    if (facts.subject !== undefined && !isListed) {
      await this.#options.fallback.add({ path, digest: facts.subject, signal }, referrer);
    }
    return descriptor;
  }

  async #put(manifest: Manifest, facts: ManifestFacts): Promise<Put> {
    try {
      return { ...(await this.#write(manifest)), referrer: facts.referrer };
    } catch (error) {
      const isAboutSubject = facts.subject !== undefined && error instanceof RegistryError && error.code === "refused";
      if (!isAboutSubject || !this.#options.dropsRefusedSubjects) throw error;
      const bytes = withoutSubject(manifest.bytes);
      const put = await this.#write({ ...manifest, bytes });
      return { ...put, isListed: false, referrer: { ...facts.referrer, ...put.descriptor } };
    }
  }

  async #write(manifest: Manifest): Promise<Omit<Put, "referrer">> {
    try {
      return await writeManifest(this.#transport, manifest);
    } catch (error) {
      const { tag } = manifest;
      const mayBeThere = error instanceof RegistryError && error.code === "refused" && tag !== undefined;
      if (!mayBeThere) throw error;
      const descriptor = await this.#underTag({ ...manifest, tag }, error);
      if (descriptor === undefined) throw error;
      return { descriptor, isListed: false };
    }
  }

  /** Some registries let a tag be written once: with the same content that is as good. */
  async #underTag(
    manifest: Manifest & { readonly tag: string },
    cause: RegistryError,
  ): Promise<Descriptor | undefined> {
    const { tag, path, bytes, mediaType, signal } = manifest;
    const digest: Digest = digestOf(bytes);
    const there = await readManifest(this.#transport, { path, reference: tag, signal });
    if (there?.digest === digest) return { mediaType, digest, size: bytes.byteLength };
    if (there === undefined || !/immutab|already exist/i.test(cause.message)) return undefined;
    throw new RegistryError(
      "refused",
      `tag "${tag}" of "${path}" names "${there.digest}" already, and tags do not change there; choose another tag`,
      { cause },
    );
  }
}

interface Put {
  readonly descriptor: Descriptor;
  /** By the registry itself. */
  readonly isListed: boolean;
  readonly referrer: Descriptor;
}

function withoutSubject(bytes: Uint8Array): Uint8Array {
  const { subject: _, ...rest } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
  return new TextEncoder().encode(JSON.stringify(rest));
}
