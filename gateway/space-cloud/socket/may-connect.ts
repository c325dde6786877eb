import { isListed } from "../../cors.ts";
import type { CorsPolicy } from "../../policy.ts";

/**
 * Whether a request may become a websocket. Browsers let any page open one anywhere, and leave it to the server to look at the
 * page's origin (RFC 6455, 10.2): the gateway's own pages may, and those that may call. Whoever is no browser names none.
 */
export function mayConnect(headers: Headers, cors: CorsPolicy): boolean {
  const origin = headers.get("Origin");
  return origin === null || isListed(origin, cors) || hostOf(origin) === headers.get("Host")?.toLowerCase();
}

/** `undefined` for `null`, which stands for pages that have none. A proxy that ends TLS is why the scheme does not count. */
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
