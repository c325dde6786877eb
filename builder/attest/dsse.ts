import * as v from "valibot";
import { parseJson } from "./json.ts";
import type { PublicKey } from "./public-key.ts";
import type { Signer } from "./signer.ts";

/** Media type of an envelope, where it is stored as it is. */
export const ENVELOPE_MEDIA_TYPE = "application/vnd.dsse.envelope.v1+json";

/** A signed payload (DSSE 1.0.2, envelope.md), as JSON has it; bytes in base64. */
export interface Envelope {
  readonly payloadType: string;
  readonly payload: string;
  readonly signatures: readonly [{ readonly sig: string }];
}

/** One signature: what Sigstore's bundles hold, and what cosign writes. */
export const envelopeSchema = v.object({
  payloadType: v.string(),
  payload: v.string(),
  signatures: v.strictTuple([v.object({ sig: v.string() })]),
});

/** What is signed: payload and type, each with its length, so that neither can pass for the other (DSSE 1.0.2, protocol.md). */
export function preAuthenticationEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const encoder = new TextEncoder();
  const type = encoder.encode(payloadType);
  const head = encoder.encode(`DSSEv1 ${type.length} ${payloadType} ${payload.length} `);
  const encoded = new Uint8Array(head.length + payload.length);
  encoded.set(head);
  encoded.set(payload, head.length);
  return encoded;
}

export async function signEnvelope(payloadType: string, payload: Uint8Array, signer: Signer): Promise<Envelope> {
  const signature = await signer.sign(preAuthenticationEncoding(payloadType, payload));
  return { payloadType, payload: payload.toBase64(), signatures: [{ sig: signature.toBase64() }] };
}

/** An envelope in bytes, or `undefined` for anything else. */
export function parseEnvelope(bytes: Uint8Array): Envelope | undefined {
  const parsed = v.safeParse(envelopeSchema, parseJson(bytes));
  return parsed.success ? parsed.output : undefined;
}

/** What an envelope holds once its signature was found to be by one of the keys. */
export interface OpenedEnvelope {
  readonly payload: Uint8Array;
  readonly signer: PublicKey;
}

/** Opens an envelope of this payload type; `undefined` when none of the keys signed it. */
export function openEnvelope(
  envelope: Envelope,
  expected: { readonly payloadType: string; readonly keys: readonly PublicKey[] },
): OpenedEnvelope | undefined {
  if (envelope.payloadType !== expected.payloadType) return undefined;
  const payload = strictBase64(envelope.payload);
  const signature = strictBase64(envelope.signatures[0].sig);
  if (payload === undefined || signature === undefined) return undefined;
  const signed = preAuthenticationEncoding(envelope.payloadType, payload);
  const signer = expected.keys.find((key) => key.verifies(signed, signature));
  return signer === undefined ? undefined : { payload, signer };
}

/** The bytes of base64 in its one form: what was changed in any way must not be taken for the same. */
export function strictBase64(text: string): Uint8Array | undefined {
  // fromBase64 skips white space.
  if (/\s/.test(text)) return undefined;
  try {
    return Uint8Array.fromBase64(text, { lastChunkHandling: "strict" });
  } catch {
    return undefined;
  }
}
