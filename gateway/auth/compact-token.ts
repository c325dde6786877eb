import { type Algorithm, isAlgorithm } from "./algorithms.ts";
import { canonicalBase64url, jsonObject } from "./json-object.ts";
import { refusal } from "./refusal.ts";

/** What a token's header says about its signature. Nothing in it is to be trusted yet. */
export interface SignatureHeader {
  readonly algorithm: Algorithm;
  /** Name of the key: an opaque text to compare with, never a path, a query or an address. */
  readonly kid: string | undefined;
}

const MAX_KID_LENGTH = 256;

/**
 * Members that would let a token choose its own key or change how it is read: RFC 7515 (`jwk` to `x5c`, `crit`),
 * RFC 7516 (`enc`, `zip`), RFC 7797 (`b64`).
 */
const REFUSED_MEMBERS = ["jwk", "jku", "x5u", "x5c", "crit", "b64", "enc", "zip"];

/**
 * Checks the form of a compact JWS (RFC 7515, section 7.1) and reads its header.
 * @throws MeshError `unauthenticated`
 */
export function readSignatureHeader(token: string): SignatureHeader {
  const [header, payload, signature, ...rest] = token.split(".", 6);
  if (rest.length === 2) throw refusal("the token is encrypted (JWE); send a signed one (JWS)");
  if (!header || !payload || !signature || rest.length > 0) {
    throw refusal("the token is not a signed JWT: it must have three parts separated by dots, none of them empty");
  }
  const members = jsonObject("header", canonicalBase64url("header", header));
  canonicalBase64url("payload", payload);
  canonicalBase64url("signature", signature);
  const refused = REFUSED_MEMBERS.find((name) => Object.hasOwn(members, name));
  if (refused !== undefined) throw refusal(`the token's header holds "${refused}", which is not accepted`);
  return { algorithm: algorithmOf(members["alg"]), kid: kidOf(members["kid"]) };
}

function algorithmOf(alg: unknown): Algorithm {
  if (!isAlgorithm(alg)) throw refusal("the token's algorithm is not accepted");
  return alg;
}

function kidOf(kid: unknown): string | undefined {
  if (kid === undefined) return undefined;
  if (typeof kid !== "string" || kid === "" || kid.length > MAX_KID_LENGTH) {
    throw refusal(`the token's key id must be text of 1 to ${MAX_KID_LENGTH} characters`);
  }
  return kid;
}
