import { MeshError } from "../../mesh/errors.ts";
import { signDevelopmentToken } from "../auth/development-token.ts";
import type { Administrator } from "./administrator.ts";
import { type TokenParts, verifierOf } from "./session-tokens.ts";

/** What an operator's token is for. */
const PURPOSE = "console-link";
const LIFETIME_SECONDS = 60;

/** Whoever runs the mesh on this machine: its files say so. */
export const OPERATOR: Administrator = { user: "operator", role: "admin", projects: undefined };

/** A token by which an operator asks for a link to the console; good for a minute. */
export function signOperatorToken(secret: string): Promise<string> {
  return signDevelopmentToken({ secret, claims: { for: PURPOSE }, expiresInSeconds: LIFETIME_SECONDS });
}

/** Checks tokens of operators. Without a secret there are none. */
export function operatorCheck(
  secret: string | undefined,
  parts: TokenParts,
): (token: string | undefined) => Promise<void> {
  if (secret === undefined) {
    return () => Promise.reject(new MeshError("unauthenticated", "this gateway gives out no links; sign in"));
  }
  const verifier = verifierOf(secret, parts);
  return async (token) => {
    const { claims } = await verifier.verify(token);
    if (claims["for"] !== PURPOSE) throw new MeshError("unauthenticated", "the token is not one of an operator");
  };
}
