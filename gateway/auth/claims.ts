import type { Claims } from "../../mesh/call.ts";
import type { VerifiedToken } from "../auth.ts";
import { refusal } from "./refusal.ts";

/** What the claims of a token must say, besides being signed. */
export interface ClaimRules {
  /** Accepted values of `iss`; empty: any, or none. */
  readonly issuers: readonly string[];
  /** Values of which `aud` must hold one; empty: any, or none. */
  readonly audiences: readonly string[];
  /** How far the clocks of issuer and gateway may differ. */
  readonly leewaySeconds: number;
}

/** End of the year 9999. Later times are milliseconds taken for seconds: a token that would never expire. */
const LATEST_SECONDS = 253_402_300_799;

/**
 * Checks the registered claims of RFC 7519, section 4.1, each when it is present; `iss` and `aud` must be there when
 * the rules name values for them.
 * @returns when the token expires, in seconds since the epoch; `undefined` for never.
 * @throws MeshError `unauthenticated`
 */
export function checkClaims(claims: Claims, rules: ClaimRules, nowMs: number): number | undefined {
  const { issuers, audiences, leewaySeconds } = rules;
  const now = nowMs / 1000;
  const expires = timeClaim(claims, "exp");
  const notBefore = timeClaim(claims, "nbf");
  const issuedAt = timeClaim(claims, "iat");
  if (expires !== undefined && now >= expires + leewaySeconds) throw refusal("the token has expired");
  if (notBefore !== undefined && now < notBefore - leewaySeconds) throw refusal("the token is not valid yet");
  if (issuedAt !== undefined && now < issuedAt - leewaySeconds) throw refusal("the token was issued in the future");
  if (issuers.length > 0 && !includes(issuers, claims["iss"])) {
    throw refusal("the token's issuer is not accepted");
  }
  if (audiences.length > 0 && !audienceOf(claims["aud"]).some((name) => includes(audiences, name))) {
    throw refusal("the token is meant for another audience");
  }
  return expires;
}

/** Seals claims for sharing between calls, and writes them the way they travel in a message header: in ASCII. */
export function sealClaims(claims: Claims): VerifiedToken {
  const claimsJson = JSON.stringify(claims).replaceAll(/[\u007f-\uffff]/g, escapeUnit);
  return Object.freeze({ claims: deepFreeze(claims), claimsJson });
}

function timeClaim(claims: Claims, name: "exp" | "nbf" | "iat"): number | undefined {
  const value = claims[name];
  if (value === undefined) return undefined;
  if (typeof value !== "number" || !(value >= 0 && value <= LATEST_SECONDS)) {
    throw refusal(`the token's claim "${name}" is not a time in seconds since 1970`);
  }
  return value;
}

function audienceOf(aud: unknown): readonly unknown[] {
  return Array.isArray(aud) ? aud : [aud];
}

function includes(accepted: readonly string[], value: unknown): boolean {
  return accepted.some((name) => name === value);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const member of Object.values(value)) deepFreeze(member);
    Object.freeze(value);
  }
  return value;
}
