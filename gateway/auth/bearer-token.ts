const SCHEME = /^bearer(?: +|$)/i;

/**
 * The token in an `Authorization` header, or `undefined` when there is none. Clients of 2019 send it without the
 * scheme, so a bare token is taken as it is.
 *
 * @example bearerToken("Bearer eyJ…") // "eyJ…"
 */
export function bearerToken(headerValue: string | undefined): string | undefined {
  const token = headerValue?.replace(SCHEME, "");
  return token === "" ? undefined : token;
}
