/** Where a URL leads, without its credentials and options. */
export function placeOf(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/** An error of the library in words that say what to do, and hold no credentials. */
export function explain(error: unknown, url: string): Error {
  const place = `RabbitMQ at "${placeOf(url)}"`;
  const text = error instanceof Error ? error.message : String(error);
  const told = (what: string): Error => new Error(`${place} ${what}`, { cause: error });
  if (text.includes("ACCESS-REFUSED") && text.startsWith("Handshake")) {
    return told("refuses the user or password; correct them in the URL");
  }
  if (text.startsWith("Expected ConnectionOpenOk")) {
    const virtualHost = decodeURIComponent(new URL(url).pathname.slice(1)) || "/";
    return told(`does not open the virtual host "${virtualHost}"; create it, or give the user access to it`);
  }
  if (text.includes("ACCESS-REFUSED")) {
    return told(`does not let the user do this; give it the permissions "configure" and "write": ${text}`);
  }
  if (text.includes("PRECONDITION-FAILED")) {
    return told(`has a queue or exchange of this name that is made otherwise; rename or remove it: ${text}`);
  }
  if (text.includes("ECONNREFUSED")) return told("is not there; start it, or correct the URL");
  return told(`cannot be used: ${text}`);
}
