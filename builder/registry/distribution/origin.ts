import { RegistryError } from "../registry-error.ts";

/** Whether nobody else can listen in: the machine itself. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** Whether passwords and content may go there. */
export function isSafe(url: URL, allowsPlainHttp: boolean): boolean {
  return url.protocol === "https:" || (url.protocol === "http:" && (allowsPlainHttp || isLoopback(url)));
}

/**
 * Where a registry sends its client: `Location` may be relative or not.
 * @throws RegistryError `refused` without one, or with one that is not safe.
 */
export function locationOf(answer: { readonly headers: Headers; readonly url: URL }, allowsPlainHttp: boolean): URL {
  const location = answer.headers.get("location");
  const { host } = answer.url;
  const next = location === null ? undefined : (URL.parse(location, answer.url) ?? undefined);
  if (next === undefined)
    throw new RegistryError("refused", `registry "${host}" does not say where to go on (Location)`);
  // Behind a proxy that ends TLS, registries believe that they are reached without.
  if (next.host === host) next.protocol = answer.url.protocol;
  if (isSafe(next, allowsPlainHttp)) return next;
  throw new RegistryError("refused", `registry "${host}" sends to "${next.host}" without TLS, where nothing is sent`);
}
