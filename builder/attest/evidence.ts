import type { Descriptor } from "../oci.ts";
import type { CallOptions } from "../registry.ts";
import { RegistryError } from "../registry/registry-error.ts";
import { MAX_ATTACHED, cosignTags, isAboutContent, parseManifest, readBlob } from "./artifact.ts";
import { ENVELOPE_MEDIA_TYPE, parseEnvelope, type Envelope } from "./dsse.ts";
import type { ImageSource } from "./image-source.ts";
import type { PublicKey } from "./public-key.ts";
import { BUNDLE_MEDIA_TYPE, parseBundle } from "./sigstore-bundle.ts";
import { SIGNATURE_ANNOTATION, SIMPLE_SIGNING_MEDIA_TYPE, readSimpleSignature } from "./simple-signing.ts";
import { readClaim, type ProvenClaim } from "./statement.ts";

/** The two ways in which things are attached to images: by cosign's tags, and as referrers (OCI 1.1), cosign's default since 3. */
export const STORES = ["tags", "referrers"] as const;
export type Store = (typeof STORES)[number];

/** A claim that was found, with the envelope it came in. */
export interface FoundClaim extends ProvenClaim {
  readonly store: Store;
  readonly envelope: Envelope;
}

/** What is attached to an image and holds: signed by one of the keys, and about this image. */
export interface Evidence {
  /** Who signed by cosign's `.sig` tag. */
  readonly signers: readonly PublicKey[];
  readonly claims: readonly FoundClaim[];
  /** What else is attached, and why it counts for nothing. */
  readonly notes: readonly string[];
}

/**
 * Reads what is attached to an image, and believes none of it without a signature by one of the keys.
 * @throws RegistryError when the registry cannot tell
 */
export async function readEvidence(
  image: ImageSource,
  keys: readonly PublicKey[],
  options: CallOptions = {},
): Promise<Evidence> {
  return new EvidenceReader(image, keys, options).read();
}

class EvidenceReader {
  readonly #image: ImageSource;
  readonly #keys: readonly PublicKey[];
  readonly #options: CallOptions;
  readonly #signers: PublicKey[] = [];
  readonly #claims: FoundClaim[] = [];
  readonly #notes: string[] = [];

  constructor(image: ImageSource, keys: readonly PublicKey[], options: CallOptions) {
    this.#image = image;
    this.#keys = keys;
    this.#options = options;
  }

  async read(): Promise<Evidence> {
    const tags = cosignTags(this.#image.digest);
    // One after the other: evidence and notes come in the same order every time.
    for (const layer of await this.#layersOf(tags.signatures)) await this.#readSignature(tags.signatures, layer);
    for (const layer of await this.#layersOf(tags.attestations)) await this.#readAttestation(tags.attestations, layer);
    for (const referrer of await this.#referrers()) await this.#readReferrer(referrer);
    return { signers: this.#signers, claims: this.#claims, notes: this.#notes };
  }

  async #readSignature(where: string, layer: Descriptor): Promise<void> {
    const signature = layer.annotations?.[SIGNATURE_ANNOTATION];
    if (layer.mediaType !== SIMPLE_SIGNING_MEDIA_TYPE || signature === undefined) {
      this.#note(where, layer, "it is no signature of cosign's");
      return;
    }
    const payload = await this.#readBlob(where, layer);
    if (payload === undefined) return;
    const read = readSimpleSignature({ payload, signature }, this.#image.digest, this.#keys);
    if ("why" in read) this.#note(where, layer, read.why);
    else this.#signers.push(read.signer);
  }

  async #readAttestation(where: string, layer: Descriptor): Promise<void> {
    const bytes = await this.#readBlob(where, layer);
    if (bytes === undefined) return;
    const envelope = layer.mediaType === ENVELOPE_MEDIA_TYPE ? parseEnvelope(bytes) : undefined;
    if (envelope === undefined) this.#note(where, layer, "it is no attestation of cosign's");
    else this.#believe(where, layer, { envelope, store: "tags" });
  }

  async #readReferrer(referrer: Descriptor): Promise<void> {
    const [layer, ...others] = await this.#layersOf(referrer.digest);
    // Other tools attach things as well: only what says that it is a bundle is looked at.
    if (layer === undefined || others.length > 0 || layer.mediaType !== BUNDLE_MEDIA_TYPE) return;
    const bytes = await this.#readBlob(referrer.digest, layer);
    if (bytes === undefined) return;
    const envelope = parseBundle(bytes);
    if (envelope === undefined) this.#note(referrer.digest, layer, "it is no bundle with an attestation");
    else this.#believe(referrer.digest, layer, { envelope, store: "referrers" });
  }

  #believe(where: string, layer: Descriptor, found: Pick<FoundClaim, "envelope" | "store">): void {
    const claim = readClaim(found.envelope, this.#image.digest, this.#keys);
    if ("why" in claim) this.#note(where, layer, claim.why);
    else this.#claims.push({ ...claim, ...found });
  }

  async #referrers(): Promise<readonly Descriptor[]> {
    const { registry, repository, digest } = this.#image;
    const referrers = await registry.referrers(repository, digest, this.#options);
    // Not every registry tells the type of an artifact; those that do save looking.
    const bundles = referrers.filter(
      ({ artifactType }) => artifactType === undefined || artifactType === BUNDLE_MEDIA_TYPE,
    );
    return this.#atMost(bundles, `the referrers of ${digest}`);
  }

  async #layersOf(reference: string): Promise<readonly Descriptor[]> {
    const { registry, repository } = this.#image;
    try {
      const stored = await registry.getManifest(repository, reference, this.#options);
      if (stored === undefined) return [];
      const manifest = parseManifest(stored.bytes);
      if (manifest === undefined) {
        this.#notes.push(`"${reference}" is no manifest that can be read`);
        return [];
      }
      return this.#atMost(manifest.layers, `"${reference}"`);
    } catch (error) {
      if (!(error instanceof RegistryError) || !isAboutContent(error)) throw error;
      this.#notes.push(`"${reference}" cannot be read: ${error.message}`);
      return [];
    }
  }

  async #readBlob(where: string, layer: Descriptor): Promise<Uint8Array | undefined> {
    const { registry, repository } = this.#image;
    const read = await readBlob(registry, repository, layer, this.#options);
    if ("bytes" in read) return read.bytes;
    this.#note(where, layer, read.why);
    return undefined;
  }

  #note(where: string, layer: Descriptor, why: string): void {
    this.#notes.push(`"${layer.digest}" in "${where}": ${why}`);
  }

  #atMost(things: readonly Descriptor[], what: string): readonly Descriptor[] {
    if (things.length > MAX_ATTACHED) {
      this.#notes.push(`${what} are ${things.length}, more than the ${MAX_ATTACHED} that are looked at`);
    }
    return things.slice(0, MAX_ATTACHED);
  }
}
