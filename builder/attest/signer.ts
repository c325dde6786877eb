import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { KeyError } from "./key-error.ts";
import { PublicKey, requireP256 } from "./public-key.ts";
import { SIGSTORE_LABELS, openPrivateKey, sealPrivateKey } from "./sigstore-private-key.ts";

/** Signs images. What holds the key need not be this process. */
export interface Signer {
  readonly publicKey: PublicKey;
  /** ECDSA on P-256 over the SHA-256 of these bytes, in ASN.1 DER. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** Two PEM texts, as `cosign generate-key-pair` writes them. */
export interface KeyPair {
  /** `ENCRYPTED SIGSTORE PRIVATE KEY`: `cosign sign --key` reads it. */
  readonly privateKey: string;
  readonly publicKey: string;
}

/** Makes a new pair, its private half sealed with a passphrase; like cosign, an empty one is accepted. */
export async function generateKeyPair(passphrase: string): Promise<KeyPair> {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const sealed = await sealPrivateKey(pair.privateKey.export({ type: "pkcs8", format: "der" }), passphrase);
  return { privateKey: pemBlock(SIGSTORE_LABELS[0], sealed), publicKey: new PublicKey(pair.publicKey).pem };
}

/**
 * Reads a private key in PEM: cosign's own (`ENCRYPTED SIGSTORE PRIVATE KEY`, formerly `… COSIGN …`), PKCS #8 with or without a
 * passphrase (`ENCRYPTED PRIVATE KEY`, `PRIVATE KEY`), or `EC PRIVATE KEY`.
 * @throws KeyError `key_unusable`, or `passphrase_wrong`
 */
export async function readSigner(pem: string, passphrase: string | undefined): Promise<Signer> {
  const key = await readPrivateKey(pem, passphrase);
  requireP256(key);
  const publicKey = new PublicKey(createPublicKey(key));
  return { publicKey, sign: async (bytes) => new Uint8Array(sign("sha256", bytes, key)) };
}

// openssl may write the curve's parameters before the key.
const PEM = /-----BEGIN ([A-Z ]*PRIVATE KEY)-----([A-Za-z0-9+/=\s]+)-----END \1-----/;

async function readPrivateKey(pem: string, passphrase: string | undefined): Promise<KeyObject> {
  const [block, label = "", content = ""] = PEM.exec(pem) ?? [];
  if (block === undefined) throw new KeyError("key_unusable", "the private key is no PEM block");
  if (!SIGSTORE_LABELS.some((known) => known === label)) return readPkcs8(block, passphrase);
  if (passphrase === undefined) {
    throw new KeyError("passphrase_wrong", `the private key is sealed ("${label}"); give its passphrase`);
  }
  const der = await openPrivateKey(fromBase64(content), passphrase);
  return readOpened(pemBlock("PRIVATE KEY", der));
}

function readPkcs8(block: string, passphrase: string | undefined): KeyObject {
  const isSealed = block.includes("ENCRYPTED");
  if (isSealed && passphrase === undefined) {
    throw new KeyError("passphrase_wrong", "the private key is sealed; give its passphrase");
  }
  if (!isSealed) return readOpened(block);
  try {
    return createPrivateKey({ key: block, passphrase });
  } catch (error) {
    throw new KeyError("passphrase_wrong", "the private key does not open with this passphrase, or is damaged", {
      cause: error,
    });
  }
}

function readOpened(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new KeyError("key_unusable", "the private key is damaged, or of a kind that is not known here", {
      cause: error,
    });
  }
}

function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(text);
  } catch (error) {
    throw new KeyError("key_unusable", "the private key's PEM block is damaged", { cause: error });
  }
}

function pemBlock(label: string, content: Uint8Array): string {
  const lines = content.toBase64().match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
