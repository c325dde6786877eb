/**
 * Credentials in an address, in each of the ways they are written, wherever in a text it is. Each alternative goes over a text once:
 * whatever people send is looked through.
 */
const CREDENTIALS = new RegExp(
  [
    // A user says nothing of how to get at a database.
    String.raw`(?<!postgres|postgresql|mysql|mongodb):\/\/[^/?#\\\s@]*@`,
    String.raw`:\/\/[^/?#\\\s@:]*:[^/?#\\@]*@`,
    String.raw`^[^:@/\s]+:[^]*@(?:tcp|unix)?\(`,
    String.raw`(?:password|passwd|\bpwd)\s*=(?!=)`,
  ].join("|"),
  "i",
);
/** Schemes of databases. */
const DATABASES: ReadonlySet<string> = new Set(["postgres:", "postgresql:", "mysql:", "mongodb:"]);

/** Whether a text holds a password or the like, so that it is hidden wherever it stands. */
export function holdsCredentials(text: string): boolean {
  return CREDENTIALS.test(text) || hasLogin(text);
}

/** As a URL is read that leaves slashes out or has spaces in it. */
function hasLogin(text: string): boolean {
  const url = URL.parse(text);
  if (url === null) return false;
  return url.password !== "" || (url.username !== "" && !DATABASES.has(url.protocol));
}
