import { type Log, silentLog } from "../mesh/log.ts";

/** Who may connect: everyone holding the token, or the one user. */
export type NatsAuth = { readonly token: string } | { readonly user: string; readonly password: string };

/** How the embedded broker runs. Everything has a default. */
export interface NatsServerOptions {
  /** Address to listen on. Default `127.0.0.1`: other machines cannot connect. */
  readonly host?: string;
  /** TCP port; 0 takes a free one, `false` switches TCP off. Default 4222. */
  readonly tcpPort?: number | false;
  /** WebSocket port; 0 takes a free one, `false` switches WebSocket off. Default 9222. */
  readonly wsPort?: number | false;
  /** Path of a Unix socket to listen at as well, of at most 107 bytes; `false` for none. Default `false`. */
  readonly unixPath?: string | false;
  /** Permissions of that socket: whoever may write to it may connect. Default `0o600`. */
  readonly unixMode?: number;
  /** Web pages that may connect over WebSocket, as `https://example.org`. Default none: pages are refused. */
  readonly allowedOrigins?: readonly string[];
  /** Default: nobody needs credentials. */
  readonly auth?: NatsAuth;
  /** How long a client may take to authenticate. Default 2 s. */
  readonly authTimeoutMs?: number;
  /** Largest message, headers included. Default 1 MiB. */
  readonly maxPayloadBytes?: number;
  /** Longest control line, without its operation. Default 4096. */
  readonly maxControlLineBytes?: number;
  /** What may wait for one client before it counts as a slow consumer and is closed. Default 64 MiB. */
  readonly maxPendingBytes?: number;
  /** How often a silent client is pinged. Default 2 minutes. */
  readonly pingIntervalMs?: number;
  /** Unanswered pings after which a client counts as gone. Default 2. */
  readonly maxPingsOut?: number;
  /** How long `close()` waits for clients to leave by themselves. Default 250 ms. */
  readonly lameDuckMs?: number;
  /** Shown to clients. Default `functions-mesh`. */
  readonly serverName?: string;
  /** Default: nothing is logged. */
  readonly log?: Log;
}

/** The options with every default filled in. */
export type NatsServerSettings = Readonly<Required<Omit<NatsServerOptions, "auth">>> & {
  readonly auth: NatsAuth | undefined;
};

const DEFAULTS = {
  host: "127.0.0.1",
  tcpPort: 4222,
  wsPort: 9222,
  unixPath: false,
  unixMode: 0o600,
  allowedOrigins: [],
  authTimeoutMs: 2_000,
  maxPayloadBytes: 1024 * 1024,
  maxControlLineBytes: 4096,
  maxPendingBytes: 64 * 1024 * 1024,
  pingIntervalMs: 120_000,
  maxPingsOut: 2,
  lameDuckMs: 250,
  serverName: "functions-mesh",
  log: silentLog,
} satisfies NatsServerOptions;

/**
 * Fills in the defaults and checks what was given.
 * @throws TypeError naming the option that is wrong.
 */
export function settingsFrom(options: NatsServerOptions): NatsServerSettings {
  const settings = { ...DEFAULTS, auth: options.auth, ...options };
  checkPort("tcpPort", settings.tcpPort);
  checkPort("wsPort", settings.wsPort);
  if (settings.unixPath === "") throw new TypeError("unixPath is empty; give a path, or false for none");
  checkWhole("unixMode", settings.unixMode, 0);
  for (const name of POSITIVE) checkWhole(name, settings[name], 1);
  checkWhole("lameDuckMs", settings.lameDuckMs, 0);
  if (settings.maxPendingBytes < settings.maxPayloadBytes) {
    throw new TypeError(
      `maxPendingBytes (${settings.maxPendingBytes}) is smaller than maxPayloadBytes (${settings.maxPayloadBytes}): ` +
        `the largest message could never be delivered; raise maxPendingBytes`,
    );
  }
  checkAuth(settings.auth);
  return Object.freeze(settings);
}

const POSITIVE = [
  "authTimeoutMs",
  "maxPayloadBytes",
  "maxControlLineBytes",
  "maxPendingBytes",
  "pingIntervalMs",
  "maxPingsOut",
] as const;

function checkPort(name: string, port: number | false): void {
  if (port === false) return;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new TypeError(`${name} is ${port}; give a port from 1 to 65535, 0 for a free one, or false for none`);
  }
}

function checkWhole(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new TypeError(`${name} is ${value}; give a whole number of at least ${least}`);
  }
}

function checkAuth(auth: NatsAuth | undefined): void {
  if (auth === undefined) return;
  const isEmpty = "token" in auth ? auth.token === "" : auth.user === "" || auth.password === "";
  if (isEmpty) throw new TypeError("auth holds an empty token, user or password; give one, or leave auth out");
}
