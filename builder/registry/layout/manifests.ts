import type { Descriptor, Digest } from "../../oci.ts";
import type { StoredManifest } from "../../registry.ts";
import { factsOf, isManifestType, type ManifestFacts, manifestFacts, MAX_MANIFEST_BYTES } from "../manifest-facts.ts";
import { checkTag, isDigest } from "../names.ts";
import { RegistryError } from "../registry-error.ts";
import { digestOf } from "../../digest.ts";
import { Verifier } from "../verified.ts";
import type { LayoutRepository } from "./repository.ts";
import { tagOf } from "./tag-index.ts";

/** A manifest by tag or digest, verified; `undefined` when there is none. */
export async function readManifest(
  layout: LayoutRepository,
  options: { readonly repository: string; readonly reference: string },
): Promise<StoredManifest | undefined> {
  const { repository, reference } = options;
  const digest = isDigest(reference) ? reference : await digestUnder(layout, reference);
  if (digest === undefined || ((await layout.blobSize(digest)) ?? 0) > MAX_MANIFEST_BYTES) return undefined;
  const bytes = await layout.readBlob(digest);
  if (bytes === undefined) return undefined;
  const verifier = new Verifier({ digest, what: `manifest "${reference}" of "${repository}"` });
  verifier.update(bytes);
  verifier.end();
  // Blobs of every kind are in one folder.
  const facts = manifestFacts(bytes);
  return facts && { bytes, mediaType: facts.referrer.mediaType, digest };
}

/**
 * Publishes a manifest: its content first, then its name.
 * @throws RegistryError `refused` when something that it names is not there.
 */
export async function writeManifest(
  layout: LayoutRepository,
  options: {
    readonly repository: string;
    readonly bytes: Uint8Array;
    readonly mediaType: string;
    readonly tag?: string;
    readonly signal?: AbortSignal;
  },
): Promise<Descriptor> {
  const { repository, bytes, mediaType, tag, signal } = options;
  if (tag !== undefined) checkTag(tag);
  const digest = digestOf(bytes);
  const what = `manifest "${tag ?? digest}" of "${repository}"`;
  const { blobs, manifests } = factsOf(bytes, what);
  for (const needed of [...blobs, ...manifests]) {
    if ((await layout.blobSize(needed.digest)) !== undefined) continue;
    throw new RegistryError("refused", `${what} names "${needed.digest}", which is not there; put it first`);
  }
  const descriptor: Descriptor = { mediaType, digest, size: bytes.byteLength };
  if ((await layout.blobSize(digest)) !== bytes.byteLength) await layout.writeBlob(digest, [bytes]);
  await layout.list(descriptor, tag, signal);
  return descriptor;
}

const MAX_FACTS = 10_000;

/** Finds what is attached to a manifest. Manifests do not change, so each is read once. */
export class ReferrerReader {
  readonly #facts = new Map<Digest, Pick<ManifestFacts, "subject" | "referrer">>();

  async read(layout: LayoutRepository, digest: Digest): Promise<readonly Descriptor[]> {
    const found = new Map<Digest, Descriptor>();
    for (const entry of (await layout.readIndex()).manifests) {
      const facts = isManifestType(entry.mediaType) ? await this.#factsOf(layout, entry.digest) : undefined;
      if (facts?.subject === digest) found.set(entry.digest, facts.referrer);
    }
    return [...found.values()];
  }

  async #factsOf(layout: LayoutRepository, digest: Digest) {
    const known = this.#facts.get(digest);
    if (known !== undefined) return known;
    const bytes = await layout.readBlob(digest);
    // What is damaged is told of when it is asked for by itself.
    const facts = bytes === undefined || digestOf(bytes) !== digest ? undefined : manifestFacts(bytes);
    if (facts === undefined) return undefined;
    if (this.#facts.size >= MAX_FACTS) this.#facts.clear();
    this.#facts.set(digest, { subject: facts.subject, referrer: facts.referrer });
    return facts;
  }
}

async function digestUnder(layout: LayoutRepository, tag: string): Promise<Digest | undefined> {
  checkTag(tag);
  return (await layout.readIndex()).manifests.findLast((entry) => tagOf(entry) === tag)?.digest;
}
