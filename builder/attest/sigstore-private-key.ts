import { secretbox } from "@noble/ciphers/salsa.js";
import { randomBytes, scrypt } from "node:crypto";
import * as v from "valibot";
import { KeyError } from "./key-error.ts";
import { jsonBytes, parseJson } from "./json.ts";

/** The labels under which cosign keeps private keys; it writes the first one today. */
export const SIGSTORE_LABELS = ["ENCRYPTED SIGSTORE PRIVATE KEY", "ENCRYPTED COSIGN PRIVATE KEY"] as const;

const KEY_BYTES = 32;
const SALT_BYTES = 32;
const NONCE_BYTES = 24;

/** The cost that cosign writes. A file with another than these is refused, so that none can ask for endless work. */
const COST = 65_536;
const COSTS = [32_768, COST, 131_072] as const;

const base64 = v.pipe(
  v.string(),
  v.base64(),
  v.transform((text) => Uint8Array.fromBase64(text)),
);

const sealedSchema = v.object({
  kdf: v.object({
    name: v.literal("scrypt"),
    params: v.object({ N: v.picklist(COSTS), r: v.literal(8), p: v.literal(1) }),
    salt: base64,
  }),
  cipher: v.object({ name: v.literal("nacl/secretbox"), nonce: v.pipe(base64, v.length(NONCE_BYTES)) }),
  ciphertext: base64,
});

/** The content of the PEM block in which cosign keeps a private key: JSON, with scrypt and NaCl's secretbox. */
export async function sealPrivateKey(der: Uint8Array, passphrase: string): Promise<Uint8Array> {
  const salt = randomBytes(SALT_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const box = secretbox(await deriveKey(passphrase, salt, COST), nonce);
  const sealed = {
    kdf: { name: "scrypt", params: { N: COST, r: 8, p: 1 }, salt: salt.toString("base64") },
    cipher: { name: "nacl/secretbox", nonce: nonce.toString("base64") },
    ciphertext: new Uint8Array(box.seal(der)).toBase64(),
  };
  return jsonBytes(sealed);
}

/**
 * The private key (PKCS #8, DER) in such a PEM block.
 * @throws KeyError `key_unusable`, or `passphrase_wrong`
 */
export async function openPrivateKey(content: Uint8Array, passphrase: string): Promise<Uint8Array> {
  const parsed = v.safeParse(sealedSchema, parseJson(content));
  if (!parsed.success) {
    throw new KeyError(
      "key_unusable",
      "the private key's PEM block holds nothing that cosign would write; make a new pair",
    );
  }
  const { kdf, cipher, ciphertext } = parsed.output;
  const box = secretbox(await deriveKey(passphrase, kdf.salt, kdf.params.N), cipher.nonce);
  try {
    return box.open(ciphertext);
  } catch (error) {
    throw new KeyError("passphrase_wrong", "the private key does not open with this passphrase, or is damaged", {
      cause: error,
    });
  }
}

function deriveKey(passphrase: string, salt: Uint8Array, cost: number): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  // scrypt needs 128 · N · r bytes; node:crypto's own limit is below that.
  const options = { N: cost, r: 8, p: 1, maxmem: 2 * 128 * cost * 8 };
  scrypt(passphrase, salt, KEY_BYTES, options, (error, key) => {
    // Bun says undefined where Node.js says null.
    if (error) reject(error);
    else resolve(key);
  });
  return promise;
}
