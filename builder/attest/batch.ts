import { MEDIA_TYPES, type Descriptor } from "../oci.ts";
import { contentOf, cosignTags, type Content } from "./artifact.ts";
import { ENVELOPE_MEDIA_TYPE, type Envelope } from "./dsse.ts";
import type { Evidence, Store } from "./evidence.ts";
import { jsonBytes } from "./json.ts";
import { BUNDLE_MEDIA_TYPE, encodeBundle } from "./sigstore-bundle.ts";
import type { Signer } from "./signer.ts";
import { SIGNATURE_ANNOTATION, SIMPLE_SIGNING_MEDIA_TYPE, simpleSigningPayload } from "./simple-signing.ts";
import { PREDICATE_TYPES, signClaim, type Claim } from "./statement.ts";

/** Signed things that are to be attached to an image together. */
export interface Batch {
  /** Layers for one of cosign's tags. */
  readonly tag: string;
  readonly layers: readonly Content[];
  readonly referrers: readonly Referrer[];
}

/** An artifact that refers to the image. */
export interface Referrer {
  readonly blobs: readonly Content[];
  readonly manifest: Uint8Array;
}

/** What is signed, by whom, and what of it is attached already. */
export interface Signing {
  /** Registry and repository. */
  readonly name: string;
  readonly image: Descriptor;
  readonly signer: Signer;
  readonly evidence: Evidence;
  readonly stores: readonly Store[];
  /** RFC 3339. */
  readonly createdAt: string | undefined;
}

/** Signs the claims that are not attached yet. */
export async function attestationBatch(signing: Signing, claims: readonly Claim[]): Promise<Batch> {
  const signed = await Promise.all(claims.map((claim) => signOnce(signing, claim)));
  const tag = cosignTags(signing.image.digest).attestations;
  const layers = signed.filter(({ claim }) => isMissing(signing, claim, "tags")).map(attestationLayer);
  return { tag, layers, referrers: referrersOf(signing, signed) };
}

/** Signs the image, unless its signature is attached already. */
export async function signatureBatch(signing: Signing): Promise<Batch> {
  const { image, name, signer, evidence, stores } = signing;
  const claim = await signOnce(signing, { predicateType: PREDICATE_TYPES.signature, predicate: {} });
  const layers: Content[] = [];
  if (stores.includes("tags") && evidence.signers.length === 0) {
    const payload = simpleSigningPayload({ name, digest: image.digest });
    const signature = (await signer.sign(payload)).toBase64();
    layers.push(contentOf(payload, SIMPLE_SIGNING_MEDIA_TYPE, { [SIGNATURE_ANNOTATION]: signature }));
  }
  return { tag: cosignTags(image.digest).signatures, layers, referrers: referrersOf(signing, [claim]) };
}

interface SignedClaim {
  readonly claim: Claim;
  readonly envelope: Envelope;
}

/** The same envelope goes into both stores; what a run that was broken off attached to one of them is taken up again. */
async function signOnce({ evidence, image, name, signer }: Signing, claim: Claim): Promise<SignedClaim> {
  const earlier = evidence.claims.find((found) => found.predicateType === claim.predicateType)?.envelope;
  return { claim, envelope: earlier ?? (await signClaim(claim, { name, digest: image.digest }, signer)) };
}

function isMissing({ evidence, stores }: Signing, { predicateType }: Claim, store: Store): boolean {
  const isThere = evidence.claims.some((found) => found.store === store && found.predicateType === predicateType);
  return stores.includes(store) && !isThere;
}

function attestationLayer({ claim, envelope }: SignedClaim): Content {
  // cosign writes the empty signature, too: the one that counts is inside.
  const annotations = { [SIGNATURE_ANNOTATION]: "", predicateType: claim.predicateType };
  return contentOf(jsonBytes(envelope), ENVELOPE_MEDIA_TYPE, annotations);
}

function referrersOf(signing: Signing, signed: readonly SignedClaim[]): readonly Referrer[] {
  return signed
    .filter(({ claim }) => isMissing(signing, claim, "referrers"))
    .map((claim) => referrerOf(signing, claim));
}

function referrerOf({ image, signer, createdAt }: Signing, { claim, envelope }: SignedClaim): Referrer {
  const bundle = contentOf(encodeBundle(envelope, signer.publicKey.fingerprint), BUNDLE_MEDIA_TYPE);
  const config = contentOf(jsonBytes({}), MEDIA_TYPES.empty);
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
      ...(createdAt === undefined ? {} : { "org.opencontainers.image.created": createdAt }),
    },
  };
  return { blobs: [config, bundle], manifest: jsonBytes(manifest) };
}
