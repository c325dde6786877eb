import type { Answer } from "./http.ts";

/** The next page that an answer names (RFC 8288), at the same registry. */
export function pageAfter({ headers, url }: Answer): URL | undefined {
  const target = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(headers.get("link") ?? "")?.[1];
  const next = target === undefined ? null : URL.parse(target, url);
  // Behind a proxy that ends TLS, registries believe that they are reached without.
  if (next?.host === url.host) next.protocol = url.protocol;
  return next?.origin === url.origin && next.href !== url.href ? next : undefined;
}
