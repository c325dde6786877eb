import { createHash, createPublicKey, verify, type KeyObject } from "node:crypto";
import { KeyError } from "./key-error.ts";

/** The public half of a key that images are signed with: ECDSA on P-256 with SHA-256, cosign's default. */
export class PublicKey {
  /** SHA-256 of the key's DER in base64: how cosign names a key in a bundle's hint. */
  readonly fingerprint: string;
  readonly pem: string;
  readonly #key: KeyObject;

  constructor(key: KeyObject) {
    this.#key = key;
    this.fingerprint = createHash("sha256")
      .update(key.export({ type: "spki", format: "der" }))
      .digest("base64");
    this.pem = String(key.export({ type: "spki", format: "pem" }));
  }

  /** Whether this key's owner signed these bytes. Signatures are in ASN.1 DER, as cosign and OpenSSL write them. */
  verifies(bytes: Uint8Array, signature: Uint8Array): boolean {
    return verify("sha256", bytes, this.#key, signature);
  }
}

const PUBLIC_PEM = /^\s*-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----\s*$/;

/**
 * Reads `cosign.pub`: a PEM block with `BEGIN PUBLIC KEY`.
 * @throws KeyError `key_unusable`
 */
export function readPublicKey(pem: string): PublicKey {
  // Otherwise a private key would be accepted as well, and people would paste them into policies.
  if (!PUBLIC_PEM.test(pem)) {
    throw new KeyError(
      "key_unusable",
      'this is no public key; use a PEM block that begins with "-----BEGIN PUBLIC KEY-----"',
    );
  }
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch (error) {
    throw new KeyError("key_unusable", "this public key cannot be read: its PEM block is damaged", { cause: error });
  }
  requireP256(key);
  return new PublicKey(key);
}

/** @throws KeyError `key_unusable` for other algorithms and curves */
export function requireP256(key: KeyObject): void {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (key.asymmetricKeyType === "ec" && curve === "prime256v1") return;
  const found = curve === undefined ? (key.asymmetricKeyType ?? "unknown") : `${key.asymmetricKeyType} on ${curve}`;
  throw new KeyError(
    "key_unusable",
    `this key is "${found}"; images are signed with EC keys on P-256, cosign's default`,
  );
}
