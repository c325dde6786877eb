/** A broker's address, with the credentials of its URL set apart so that they never reach a log. */
export interface BrokerAddress {
  readonly url: string;
  readonly credentials: { readonly token: string } | { readonly user: string; readonly pass: string } | undefined;
}

/** Begins the URL of a broker at a Unix socket, `nats+unix://token@localhost/run/broker.sock`: credentials need a host. */
export const UNIX_PROTOCOL = "nats+unix:";

const PROTOCOLS = ["ws:", "wss:", "nats:", "tls:", UNIX_PROTOCOL];

/**
 * Splits `nats://user:password@host:port`, `ws://token@host:port` and the like.
 * @throws TypeError for what is not a URL of a broker; the text never holds the credentials.
 */
export function parseBrokerUrl(text: string): BrokerAddress {
  let parsed: URL;
  try {
    parsed = new URL(text);
  } catch {
    throw new TypeError(
      "the broker's URL is not a URL; use ws://host:port, wss://…, nats://…, tls://… or nats+unix://…",
    );
  }
  const { protocol, username, password } = parsed;
  if (!PROTOCOLS.includes(protocol)) {
    const choice = "ws://, wss://, nats://, tls:// or nats+unix://";
    throw new TypeError(`a broker's URL cannot start with "${protocol}//"; use ${choice}`);
  }
  const isUnix = protocol === UNIX_PROTOCOL;
  if (isUnix && (parsed.pathname.length < 2 || !["", "localhost"].includes(parsed.host))) {
    throw new TypeError("a broker's URL of a Unix socket is nats+unix://localhost/ and the socket's path");
  }
  const host = isUnix ? "localhost" : parsed.host;
  return {
    url: `${protocol}//${host}${parsed.pathname === "/" ? "" : parsed.pathname}`,
    credentials: credentialsOf(decoded(username), decoded(password)),
  };
}

/** The URL of a broker at the Unix socket of that absolute path. */
export function unixBrokerUrl(path: string, { credentials }: Pick<BrokerAddress, "credentials">): string {
  const login =
    credentials === undefined
      ? []
      : "token" in credentials
        ? [credentials.token]
        : [credentials.user, credentials.pass];
  const before = login.length === 0 ? "" : `${login.map(encodeURIComponent).join(":")}@`;
  return `${UNIX_PROTOCOL}//${before}localhost${path.split("/").map(encodeURIComponent).join("/")}`;
}

/** The path in the URL of a broker at a Unix socket. */
export function socketPathIn(url: string): string {
  return decodeURIComponent(new URL(url).pathname);
}

function credentialsOf(user: string, pass: string): BrokerAddress["credentials"] {
  if (pass === "") return user === "" ? undefined : { token: user };
  return { user, pass };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // The original error is left out because it may quote the secret.
    throw new TypeError("the credentials in the broker's URL hold a % that is no escape; write %25 for it");
  }
}
