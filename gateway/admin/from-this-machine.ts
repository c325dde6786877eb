const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;
/** What proxies add: behind one, whoever asks may be anywhere. */
const PROXY_HEADERS = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"];

/**
 * Whether a request, at a gateway that only this machine reaches, was made by this machine's own tools or pages: no page of another
 * site makes a browser here send one, under whatever name it lets this machine be known.
 */
export function isFromThisMachine({ url, headers }: Request): boolean {
  // A page may be served by a name that leads here only afterwards; its requests then name that host.
  if (!isLoopbackHost(headers.get("Host") ?? new URL(url).host)) return false;
  if (headers.get("Sec-Fetch-Site") === "cross-site") return false;
  if (PROXY_HEADERS.some((name) => headers.has(name))) return false;
  const origin = headers.get("Origin");
  return origin === null || (URL.canParse(origin) && isLoopbackHost(new URL(origin).host));
}

/** Whether an address to listen on is one that other machines do not reach. */
export function isLoopbackAddress(host: string): boolean {
  return host === "::1" || LOOPBACK.test(host);
}

function isLoopbackHost(host: string): boolean {
  return LOOPBACK.test(host.replace(/:\d+$/, ""));
}
