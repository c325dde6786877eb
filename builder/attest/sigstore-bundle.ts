import * as v from "valibot";
import { envelopeSchema, type Envelope } from "./dsse.ts";
import { jsonBytes, parseJson } from "./json.ts";

/** Media type of a Sigstore bundle, 0.3: the blob, its layer and the artifact that is attached to an image. */
export const BUNDLE_MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";

// What else a bundle may hold proves when and with whom it was registered; a signature by a known key needs none of it.
const bundleSchema = v.object({ mediaType: v.literal(BUNDLE_MEDIA_TYPE), dsseEnvelope: envelopeSchema });

/**
 * An envelope with the hint who signed it, as cosign 3 attaches it to images (cosign, specs/BUNDLE_SPEC.md).
 * It is in no transparency log: verifiers say `--insecure-ignore-tlog`.
 */
export function encodeBundle(envelope: Envelope, fingerprint: string): Uint8Array {
  const bundle = {
    mediaType: BUNDLE_MEDIA_TYPE,
    verificationMaterial: { publicKey: { hint: fingerprint } },
    dsseEnvelope: envelope,
  };
  return jsonBytes(bundle);
}

/** The envelope of a bundle in bytes, or `undefined` for anything else. */
export function parseBundle(bytes: Uint8Array): Envelope | undefined {
  const parsed = v.safeParse(bundleSchema, parseJson(bytes));
  return parsed.success ? parsed.output.dsseEnvelope : undefined;
}
