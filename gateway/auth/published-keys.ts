import type { Log } from "../../mesh/log.ts";
import { isPrivateJwk, publicKey } from "./public-key.ts";
import type { VerificationKey } from "./verification-key.ts";

/** More than any provider publishes. A token without `kid` is tried with each key of its kind. */
const MAX_KEYS = 100;

/**
 * The keys of a published set that can be used. Others are passed over and logged: a set may well hold keys for
 * encryption, or of kinds that are not accepted here. Symmetric keys are never used: published, they are no secret.
 */
export async function usableKeys(published: readonly unknown[], log: Log): Promise<readonly VerificationKey[]> {
  const usable: VerificationKey[] = [];
  for (const [index, jwk] of published.slice(0, MAX_KEYS).entries()) {
    const key = isPrivateJwk(jwk) ? "is a private or secret key" : publicKey(jwk);
    const problem = typeof key === "string" ? key : await importProblem(key);
    if (problem === undefined && typeof key !== "string") usable.push(key);
    else log.info(`key ${index} of the published key set ${problem}; it is not used`);
  }
  if (published.length > MAX_KEYS)
    log.warn(`the published key set has more than ${MAX_KEYS} keys; the rest is not used`);
  if (usable.length === 0) log.warn("the published key set has no key to check tokens with");
  return usable;
}

/** Importing is the only way to find that a number is no point on the curve. */
async function importProblem(key: VerificationKey): Promise<string | undefined> {
  try {
    for (const algorithm of key.algorithms) await key.load(algorithm);
    return undefined;
  } catch {
    // What the platform says about a malformed key differs from one to the next and names no cause.
    return "is malformed";
  }
}
