import type { JWK } from "jose";
import type { AuthOptions } from "../../../gateway/auth/options.ts";
import { SECRET, edDsa, es256, ps256, rs256 } from "./keys.ts";

/** A verifier to attack. */
export interface Target {
  readonly options: AuthOptions;
  /** Keys to publish at a URL, which becomes `options.jwks.url`. */
  readonly published?: readonly JWK[];
}

/** A token that must be refused. */
export interface Attack {
  readonly name: string;
  readonly target: Target;
  /** Makes the token, with times relative to now. */
  readonly token: () => string | Promise<string>;
  /** What the refusal must say, so that it is refused for the right reason. */
  readonly says: RegExp;
}

/** One shared secret. */
export const withSecret: Target = { options: { secrets: [SECRET] } };

/** Public keys of each kind, no secret. */
export const withKeys: Target = { options: { keys: [rs256.pem, ps256.jwk, es256.pem, edDsa.jwk] } };

/** A secret and public keys of each kind: where confusing the two would show. */
export const withBoth: Target = { options: { ...withSecret.options, ...withKeys.options } };

/** A secret, and claims that must name issuer and audience. */
export const withIssuer: Target = {
  options: { secrets: [SECRET], issuer: "https://id.example", audience: ["shop", "office"] },
};

export const SAYS = {
  algorithm: /algorithm is not accepted/,
  signature: /signature is not valid/,
  unknownKey: /signed with an unknown key/,
  parts: /must have three parts/,
  base64url: /not canonical base64url/,
  twice: /names a member twice/,
} as const;
