import fc from "fast-check";
import { createPublicKey, verify } from "node:crypto";
import { expect, test } from "vitest";
import {
  openEnvelope,
  parseEnvelope,
  preAuthenticationEncoding,
  signEnvelope,
  strictBase64,
} from "../../../builder/attest/dsse.ts";
import { makeSigner } from "./keys.ts";

// The example of the specification (DSSE 1.0.2, protocol.md, "Test Vectors").
const VECTOR = {
  payload: "hello world",
  payloadType: "http://example.com/HelloWorld",
  encoded: "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
  signature: "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==",
  x: 46950820868899156662930047687818585632848591499744589407958293238635476079160n,
  y: 5640078356564379163099075877009565129882514886557779369047442380624545832820n,
};

const bytesOf = (text: string) => new TextEncoder().encode(text);

test("what is signed is encoded as in the example of the specification", () => {
  const encoded = preAuthenticationEncoding(VECTOR.payloadType, bytesOf(VECTOR.payload));
  expect(new TextDecoder().decode(encoded)).toBe(VECTOR.encoded);
});

test("the signature in the example of the specification is one of what is encoded here", () => {
  const key = createPublicKey({
    key: { kty: "EC", crv: "P-256", x: coordinate(VECTOR.x), y: coordinate(VECTOR.y) },
    format: "jwk",
  });
  const encoded = preAuthenticationEncoding(VECTOR.payloadType, bytesOf(VECTOR.payload));
  // The specification's reference implementation writes r and s one after the other.
  const signature = Uint8Array.fromBase64(VECTOR.signature);
  expect(verify("sha256", encoded, { key, dsaEncoding: "ieee-p1363" }, signature)).toBe(true);
});

test("lengths are counted in bytes, not in characters", () => {
  const encoded = preAuthenticationEncoding("types/ü", bytesOf("€"));
  expect(new TextDecoder().decode(encoded)).toBe("DSSEv1 8 types/ü 3 €");
});

test("two payloads with their types are never encoded alike", () => {
  const part = fc.string({ unit: fc.constantFrom("1", " ", "a", "DSSEv1") });
  fc.assert(
    fc.property(part, part, part, part, (type, payload, otherType, otherPayload) => {
      fc.pre(type !== otherType || payload !== otherPayload);
      const one = preAuthenticationEncoding(type, bytesOf(payload));
      const other = preAuthenticationEncoding(otherType, bytesOf(otherPayload));
      return one.toHex() !== other.toHex();
    }),
  );
});

test("an envelope opens for the key that signed it, and for no other one", async () => {
  const [signer, stranger] = [await makeSigner(), await makeSigner()];
  const envelope = await signEnvelope("text/plain", bytesOf("hello"), signer);
  const keys = [stranger.publicKey, signer.publicKey];

  const opened = openEnvelope(envelope, { payloadType: "text/plain", keys });
  expect(opened?.signer.fingerprint).toBe(signer.publicKey.fingerprint);
  expect(new TextDecoder().decode(opened?.payload)).toBe("hello");
  expect(openEnvelope(envelope, { payloadType: "text/plain", keys: [stranger.publicKey] })).toBeUndefined();
  expect(openEnvelope(envelope, { payloadType: "text/plain", keys: [] })).toBeUndefined();
});

test("an envelope with another type does not open, though its signature holds", async () => {
  const signer = await makeSigner();
  const envelope = await signEnvelope("text/plain", bytesOf("{}"), signer);
  const keys = [signer.publicKey];
  expect(openEnvelope(envelope, { payloadType: "application/json", keys })).toBeUndefined();
  const relabelled = { ...envelope, payloadType: "application/json" };
  expect(openEnvelope(relabelled, { payloadType: "application/json", keys })).toBeUndefined();
});

test("an envelope may hold a large bill of materials", async () => {
  const signer = await makeSigner();
  const payload = new Uint8Array(10_000_000).fill(0x20);
  const bytes = new TextEncoder().encode(JSON.stringify(await signEnvelope("text/plain", payload, signer)));
  const envelope = parseEnvelope(bytes);
  expect(envelope).toBeDefined();
  const opened = envelope && openEnvelope(envelope, { payloadType: "text/plain", keys: [signer.publicKey] });
  expect(opened?.payload.length).toBe(payload.length);
});

test("base64 has one form only", () => {
  expect(strictBase64("AAE=")).toEqual(new Uint8Array([0, 1]));
  for (const other of ["AAF=", "AAE", "AAE=\n", " AAE=", "A-_=", "="]) expect(strictBase64(other)).toBeUndefined();
});

function coordinate(value: bigint): string {
  return Uint8Array.fromHex(value.toString(16).padStart(64, "0")).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });
}
