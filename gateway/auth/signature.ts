import { compactVerify, errors } from "jose";
import { MeshError } from "../../mesh/errors.ts";
import type { Algorithm } from "./algorithms.ts";
import type { VerificationKey } from "./verification-key.ts";

/** What was signed, and with which key. */
export interface Signed {
  readonly payload: Uint8Array;
  readonly key: VerificationKey;
}

/**
 * Finds the key that has signed a token with this algorithm; `undefined` when none has.
 * @throws MeshError `internal` when a configured key turns out to be none.
 */
export async function findSigner(
  token: string,
  algorithm: Algorithm,
  keys: readonly VerificationKey[],
): Promise<Signed | undefined> {
  for (const key of keys) {
    const cryptoKey = await load(key, algorithm);
    try {
      const { payload } = await compactVerify(token, cryptoKey, { algorithms: [algorithm] });
      return { payload, key };
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw MeshError.from(error);
    }
  }
  return undefined;
}

async function load(key: VerificationKey, algorithm: Algorithm): Promise<CryptoKey> {
  try {
    return await key.load(algorithm);
  } catch (error) {
    throw new MeshError("internal", "a key to check tokens with cannot be used; the log has the details", {
      cause: error,
    });
  }
}
