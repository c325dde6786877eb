import * as v from "valibot";
import type { Digest } from "../oci.ts";
import { strictBase64 } from "./dsse.ts";
import { jsonBytes, parseJson } from "./json.ts";
import type { PublicKey } from "./public-key.ts";

/** Media type of a payload in the tag `sha256-….sig` (cosign, specs/SIGNATURE_SPEC.md). */
export const SIMPLE_SIGNING_MEDIA_TYPE = "application/vnd.dev.cosign.simplesigning.v1+json";
/** Where the signature of such a payload is: an annotation of its layer. */
export const SIGNATURE_ANNOTATION = "dev.cosignproject.cosign/signature";

const TYPE = "cosign container image signature";

const payloadSchema = v.object({
  critical: v.object({
    identity: v.object({ "docker-reference": v.string() }),
    image: v.object({ "docker-manifest-digest": v.string() }),
    type: v.literal(TYPE),
  }),
});

/** What cosign 1 and 2 sign: which image it is. */
export function simpleSigningPayload(image: { readonly name: string; readonly digest: Digest }): Uint8Array {
  const payload = {
    critical: {
      identity: { "docker-reference": image.name },
      image: { "docker-manifest-digest": image.digest },
      type: TYPE,
    },
    optional: null,
  };
  return jsonBytes(payload);
}

/**
 * Whose signature of the image this is, or why it is none. The repository in the payload says nothing, as in cosign: images are
 * copied between registries together with their signatures.
 */
export function readSimpleSignature(
  signed: { readonly payload: Uint8Array; readonly signature: string },
  digest: Digest,
  keys: readonly PublicKey[],
): { readonly signer: PublicKey } | { readonly why: string } {
  const signature = strictBase64(signed.signature);
  const signer = signature && keys.find((key) => key.verifies(signed.payload, signature));
  if (signer === undefined) return { why: "no trusted key signed it, or it was changed" };
  const parsed = v.safeParse(payloadSchema, parseJson(signed.payload));
  if (!parsed.success) return { why: "it is signed, but as something else than an image" };
  if (parsed.output.critical.image["docker-manifest-digest"] !== digest) return { why: "it is about another image" };
  return { signer };
}
