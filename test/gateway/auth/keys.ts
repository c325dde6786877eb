import { type JWK, exportJWK, exportSPKI, generateKeyPair } from "jose";
import type { Algorithm } from "../../../gateway/auth/algorithms.ts";

/** Turns what is to be signed into a signature. */
export type Sign = (input: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>;

/** A key pair made for this run. */
export interface KeyPair {
  readonly jwk: JWK;
  readonly pem: string;
  readonly privateKey: CryptoKey;
  readonly sign: Sign;
}

export const SECRET = "a secret of at least thirty-two bytes";
export const OLD_SECRET = "the secret before, just as long as it is";

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** HMAC with any key material, as an attacker would use it. */
export function hmac(key: string | Uint8Array<ArrayBuffer>, hash = "SHA-256"): Sign {
  return async (input) => {
    const material = typeof key === "string" ? bytes(key) : key;
    // WebCrypto refuses an empty HMAC key; HMAC pads with zeros, so that one zero byte is the same key.
    const padded = material.length === 0 ? new Uint8Array(1) : material;
    const cryptoKey = await crypto.subtle.importKey("raw", padded, { name: "HMAC", hash }, false, ["sign"]);
    return new Uint8Array(await crypto.subtle.sign("HMAC", cryptoKey, input));
  };
}

/** Signs with a private key and the parameters of an algorithm. */
export function signer(parameters: AlgorithmIdentifier | RsaPssParams | EcdsaParams, privateKey: CryptoKey): Sign {
  return async (input) => new Uint8Array(await crypto.subtle.sign(parameters, privateKey, input));
}

const PARAMETERS: Record<Exclude<Algorithm, "HS256">, AlgorithmIdentifier | RsaPssParams | EcdsaParams> = {
  RS256: "RSASSA-PKCS1-v1_5",
  PS256: { name: "RSA-PSS", saltLength: 32 },
  ES256: { name: "ECDSA", hash: "SHA-256" },
  EdDSA: "Ed25519",
};

async function keyPair(algorithm: keyof typeof PARAMETERS): Promise<KeyPair> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  return {
    jwk: await exportJWK(publicKey),
    pem: await exportSPKI(publicKey),
    privateKey,
    sign: signer(PARAMETERS[algorithm], privateKey),
  };
}

export const rs256 = await keyPair("RS256");
export const ps256 = await keyPair("PS256");
export const es256 = await keyPair("ES256");
export const edDsa = await keyPair("EdDSA");
/** A key nobody configured. */
export const stranger = await keyPair("RS256");

/** An RSA key of 1024 bits, too short for any use. */
export const weakRsa = await (async () => {
  const parameters = {
    name: "RSASSA-PKCS1-v1_5",
    modulusLength: 1024,
    publicExponent: Uint8Array.of(1, 0, 1),
    hash: "SHA-256",
  };
  const { publicKey, privateKey } = await crypto.subtle.generateKey(parameters, true, ["sign", "verify"]);
  return { jwk: await exportJWK(publicKey), sign: signer("RSASSA-PKCS1-v1_5", privateKey) };
})();
