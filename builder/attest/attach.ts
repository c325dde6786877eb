import { MEDIA_TYPES, type Descriptor } from "../oci.ts";
import type { CallOptions, Registry } from "../registry.ts";
import { contentOf, cosignTags, type Content } from "./artifact.ts";
import { addToTag } from "./attached-tag.ts";
import { ENVELOPE_MEDIA_TYPE, type Envelope } from "./dsse.ts";
import { STORES, readEvidence, type Evidence, type Store } from "./evidence.ts";
import type { Provenance } from "./provenance.ts";
import type { Sbom } from "./sbom.ts";
import { BUNDLE_MEDIA_TYPE, encodeBundle } from "./sigstore-bundle.ts";
import type { Signer } from "./signer.ts";
import { SIGNATURE_ANNOTATION, SIMPLE_SIGNING_MEDIA_TYPE, simpleSigningPayload } from "./simple-signing.ts";
import { PREDICATE_TYPES, signClaim, type Claim } from "./statement.ts";

export interface AttachOptions extends CallOptions {
  /** How things are attached. Default: both ways, so that cosign finds them from version 2 on, whatever the registry. */
  readonly stores?: readonly Store[];
  /** RFC 3339, for the annotation `org.opencontainers.image.created` of what is attached. Default: none. */
  readonly createdAt?: string | undefined;
}

export interface Attached {
  /** How many things were missing and are attached now; 0 when all of it was there. */
  readonly added: number;
}

/**
 * Signs an image and attaches signature, bill of materials and provenance. What this key attached before stays as it is, so that
 * doing it again changes nothing; what others attached stays as well.
 *
 * The signature comes last: where it is, the rest is there, too.
 */
export async function attach(
  registry: Registry,
  repository: string,
  image: Descriptor,
  what: { readonly sbom: Sbom; readonly provenance: Provenance; readonly signer: Signer },
  options: AttachOptions = {},
): Promise<Attached> {
  const evidence = await readEvidence({ registry, repository, digest: image.digest }, [what.signer.publicKey], options);
  const attaching = new Attaching({ registry, repository, image, signer: what.signer, evidence, options });
  const claims: readonly Claim[] = [
    { predicateType: PREDICATE_TYPES.sbom, predicate: what.sbom },
    { predicateType: PREDICATE_TYPES.provenance, predicate: what.provenance },
  ];
  const stores = options.stores ?? STORES;
  if (stores.includes("tags")) await attaching.tagAttestations(claims);
  if (stores.includes("referrers")) for (const claim of claims) await attaching.refer(claim);
  if (stores.includes("tags")) await attaching.tagSignature();
  if (stores.includes("referrers")) await attaching.refer({ predicateType: PREDICATE_TYPES.signature, predicate: {} });
  return { added: attaching.added };
}

interface Task {
  readonly registry: Registry;
  readonly repository: string;
  readonly image: Descriptor;
  readonly signer: Signer;
  readonly evidence: Evidence;
  readonly options: AttachOptions;
}

class Attaching {
  readonly #task: Task;
  readonly #name: string;
  readonly #signed = new Map<string, Envelope>();
  #added = 0;

  constructor(task: Task) {
    this.#task = task;
    this.#name = `${task.registry.name}/${task.repository}`;
  }

  get added(): number {
    return this.#added;
  }

  async tagSignature(): Promise<void> {
    const { evidence, signer, image } = this.#task;
    if (evidence.signers.length > 0) return;
    const payload = simpleSigningPayload({ name: this.#name, digest: image.digest });
    const signature = await signer.sign(payload);
    const annotations = { [SIGNATURE_ANNOTATION]: signature.toBase64() };
    await this.#tag(cosignTags(image.digest).signatures, [contentOf(payload, SIMPLE_SIGNING_MEDIA_TYPE, annotations)]);
  }

  async tagAttestations(claims: readonly Claim[]): Promise<void> {
    const layers: Content[] = [];
    for (const claim of claims) {
      if (this.#isThere(claim, "tags")) continue;
      const envelope = new TextEncoder().encode(JSON.stringify(await this.#envelopeOf(claim)));
      // cosign writes the empty signature, too: the one that counts is inside.
      const annotations = { [SIGNATURE_ANNOTATION]: "", predicateType: claim.predicateType };
      layers.push(contentOf(envelope, ENVELOPE_MEDIA_TYPE, annotations));
    }
    await this.#tag(cosignTags(this.#task.image.digest).attestations, layers);
  }

  /** Attaches a claim as an artifact that refers to the image. */
  async refer(claim: Claim): Promise<void> {
    if (this.#isThere(claim, "referrers")) return;
    const { registry, repository, image, signer, options } = this.#task;
    const bytes = encodeBundle(await this.#envelopeOf(claim), signer.publicKey.fingerprint);
    const bundle = contentOf(bytes, BUNDLE_MEDIA_TYPE);
    const config = contentOf(new TextEncoder().encode("{}"), MEDIA_TYPES.empty);
    const { mediaType, digest, size } = image;
    const manifest = {
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.manifest,
      artifactType: BUNDLE_MEDIA_TYPE,
      config: config.descriptor,
      layers: [bundle.descriptor],
      subject: { mediaType, digest, size },
      annotations: {
        "dev.sigstore.bundle.content": "dsse-envelope",
        "dev.sigstore.bundle.predicateType": claim.predicateType,
        ...(options.createdAt === undefined ? {} : { "org.opencontainers.image.created": options.createdAt }),
      },
    };
    await Promise.all([config, bundle].map(({ blob }) => registry.putBlob(repository, blob, options)));
    const encoded = new TextEncoder().encode(JSON.stringify(manifest));
    await registry.putManifest(repository, { bytes: encoded, mediaType: MEDIA_TYPES.manifest }, options);
    this.#added += 1;
  }

  #isThere({ predicateType }: Claim, store: Store): boolean {
    return this.#task.evidence.claims.some((found) => found.store === store && found.predicateType === predicateType);
  }

  /** One envelope per claim, the same in both stores: what a run that was broken off attached is taken up again. */
  async #envelopeOf(claim: Claim): Promise<Envelope> {
    const { evidence, image, signer } = this.#task;
    const earlier = evidence.claims.find((found) => found.predicateType === claim.predicateType)?.envelope;
    const known = earlier ?? this.#signed.get(claim.predicateType);
    if (known !== undefined) return known;
    const envelope = await signClaim(claim, { name: this.#name, digest: image.digest }, signer);
    this.#signed.set(claim.predicateType, envelope);
    return envelope;
  }

  async #tag(tag: string, layers: readonly Content[]): Promise<void> {
    if (layers.length === 0) return;
    const { registry, repository, options } = this.#task;
    await addToTag(registry, repository, { tag, layers }, options);
    this.#added += layers.length;
  }
}
