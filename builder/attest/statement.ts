import * as v from "valibot";
import type { Digest } from "../oci.ts";
import { hexOf } from "../registry/names.ts";
import { openEnvelope, signEnvelope, type Envelope } from "./dsse.ts";
import { jsonBytes, parseJson } from "./json.ts";
import type { PublicKey } from "./public-key.ts";
import type { Signer } from "./signer.ts";

/** What an attestation is about. */
export const PREDICATE_TYPES = {
  /** That somebody signed it, and no more: what `cosign sign` writes since version 3. */
  signature: "https://sigstore.dev/cosign/sign/v1",
  sbom: "https://cyclonedx.org/bom",
  provenance: "https://slsa.dev/provenance/v1",
} as const;

/** DSSE payload type of in-toto statements. */
const PAYLOAD_TYPE = "application/vnd.in-toto+json";
const STATEMENT_V1 = "https://in-toto.io/Statement/v1";
/** cosign 2 writes the older form; what is read of it here means the same. */
const STATEMENT_TYPES = [STATEMENT_V1, "https://in-toto.io/Statement/v0.1"] as const;

const statementSchema = v.object({
  _type: v.picklist(STATEMENT_TYPES),
  subject: v.array(v.object({ name: v.optional(v.string()), digest: v.record(v.string(), v.string()) })),
  predicateType: v.string(),
  predicate: v.optional(v.unknown()),
});

/** A claim about an image. */
export interface Claim {
  readonly predicateType: string;
  readonly predicate: object;
}

/** Signs a claim about an image: an in-toto statement in a DSSE envelope. */
export function signClaim(
  claim: Claim,
  image: { readonly name: string; readonly digest: Digest },
  signer: Signer,
): Promise<Envelope> {
  const statement = {
    _type: STATEMENT_V1,
    subject: [{ name: image.name, digest: { sha256: hexOf(image.digest) } }],
    predicateType: claim.predicateType,
    predicate: claim.predicate,
  };
  return signEnvelope(PAYLOAD_TYPE, jsonBytes(statement), signer);
}

/** A claim that one of the trusted keys stands for. */
export interface ProvenClaim {
  readonly predicateType: string;
  readonly predicate: unknown;
  readonly signer: PublicKey;
}

/** What an envelope claims about an image, or why that is not to be believed. */
export function readClaim(
  envelope: Envelope,
  digest: Digest,
  keys: readonly PublicKey[],
): ProvenClaim | { readonly why: string } {
  const opened = openEnvelope(envelope, { payloadType: PAYLOAD_TYPE, keys });
  if (opened === undefined) return { why: "no trusted key signed it, or it was changed" };
  const parsed = v.safeParse(statementSchema, parseJson(opened.payload));
  if (!parsed.success) return { why: "it is no in-toto statement" };
  const { subject, predicateType, predicate } = parsed.output;
  if (!subject.some((about) => about.digest["sha256"] === hexOf(digest))) return { why: "it is about another image" };
  return { predicateType, predicate, signer: opened.signer };
}
