import { base64url } from "jose";
import { SECRET, type Sign, hmac } from "./keys.ts";

/** The parts of a token. Texts and bytes stand in it as they are, anything else as JSON. */
export interface Forgery {
  /** Default: HS256. */
  readonly header?: unknown;
  /** Default: a user's claims, good for an hour. */
  readonly payload?: unknown;
  /** Default: HS256 with the right secret. */
  readonly sign?: Sign;
}

/** Now, in the seconds of a token. */
export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** Claims of a user, good for an hour, with others added. */
export function userClaims(more: Record<string, unknown> = {}): Record<string, unknown> {
  return { id: "u1", role: "user", exp: nowSeconds() + 3600, ...more };
}

/** A compact token made by hand: no library looks at it, so that it can be wrong in any way. */
export async function forge({
  header = { alg: "HS256", typ: "JWT" },
  payload = userClaims(),
  sign = hmac(SECRET),
}: Forgery = {}): Promise<string> {
  const input = `${part(header)}.${part(payload)}`;
  return `${input}.${base64url.encode(await sign(new TextEncoder().encode(input)))}`;
}

/** Signs a text that need not look like the first two parts of a token. */
export async function signText(input: string, sign: Sign = hmac(SECRET)): Promise<string> {
  return `${input}.${base64url.encode(await sign(new TextEncoder().encode(input)))}`;
}

/** The parts of a token, for taking it to pieces. */
export function partsOf(token: string): { header: string; payload: string; signature: string } {
  const [header = "", payload = "", signature = ""] = token.split(".");
  return { header, payload, signature };
}

function part(value: unknown): string {
  if (value instanceof Uint8Array || typeof value === "string") return base64url.encode(value);
  return base64url.encode(JSON.stringify(value));
}
