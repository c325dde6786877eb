/**
 * Why a webhook may not be sent to a URL, or `undefined` when it may. A host has to be listed as `host` for the port
 * its scheme implies, or as `host:port`.
 *
 * Addresses and `localhost` lead into private networks, so they have to be listed with their port: the whole entry is
 * then about one listener. `URL` has already turned `0x7f.1`, `2130706433` and the like into dotted decimals.
 */
export function refusedUrl(text: string, allowHosts: readonly string[]): string | undefined {
  const url = parseUrl(text);
  if (url === undefined) return "its url is not a URL; write it in full, as https://hooks.example.com/check";
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    return `its url starts with "${url.protocol}"; webhooks go to https: or http: URLs`;
  }
  if (url.username !== "" || url.password !== "") {
    return `its url for host "${url.host}" holds a user name or password; take them out`;
  }
  const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
  const withPort = `${url.hostname}:${port}`;
  const listed = new Set(allowHosts.map((host) => host.toLowerCase()));
  if (listed.has(withPort)) return undefined;
  if (isAddress(url.hostname)) return `its address "${withPort}" is not in webhooks.allowHosts; add it, port included`;
  if (url.port === "" && listed.has(url.hostname)) return undefined;
  return `its host "${url.host}" is not in webhooks.allowHosts; add it if you trust it with claims and params`;
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function isAddress(hostname: string): boolean {
  const bare = hostname.replace(/\.$/, "");
  return (
    hostname.startsWith("[") || /^\d+(?:\.\d+){3}$/.test(bare) || bare === "localhost" || bare.endsWith(".localhost")
  );
}
