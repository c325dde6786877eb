import { createHash, timingSafeEqual } from "node:crypto";
import type { NatsAuth } from "./options.ts";

/** What a client says about itself in CONNECT. */
export interface Credentials {
  readonly token: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
}

/** Whether these credentials may connect. */
export type Authenticator = (credentials: Credentials) => boolean;

/** The check for the configured auth. Takes the same time however much of a secret is right. */
export function authenticator(auth: NatsAuth | undefined): Authenticator {
  if (auth === undefined) return () => true;
  if ("token" in auth) {
    const isToken = sameAs(auth.token);
    return ({ token }) => isToken(token);
  }
  const isUser = sameAs(auth.user);
  const isPassword = sameAs(auth.password);
  return ({ user, password }) => {
    const [userFits, passwordFits] = [isUser(user), isPassword(password)];
    return userFits && passwordFits;
  };
}

function sameAs(secret: string): (given: string | undefined) => boolean {
  // Digests have one length, which is what timingSafeEqual asks for and what hides the secret's own.
  const expected = digest(secret);
  return (given) => timingSafeEqual(digest(given ?? ""), expected) && given !== undefined;
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
