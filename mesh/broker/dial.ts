import { type ConnectionOptions, type NatsConnection, wsconnect } from "@nats-io/nats-core";
import { CoalescingSocket, type SocketLike } from "./coalescing-socket.ts";

/** Opens one connection that reconnects by itself; rejects when the first attempt fails. */
export type Dial = (options: ConnectionOptions) => Promise<NatsConnection>;

/** Opens the socket to a broker's WebSocket URL. */
export type OpenSocket = (url: string) => SocketLike;

/** A broker's address, with the credentials of its URL set apart so that they never reach a log. */
export interface BrokerAddress {
  readonly url: string;
  readonly credentials: { readonly token: string } | { readonly user: string; readonly pass: string } | undefined;
}

/**
 * Splits `nats://user:password@host:port`, `ws://token@host:port` and the like.
 * @throws TypeError for what is not a URL of a broker; the text never holds the credentials.
 */
export function parseBrokerUrl(text: string): BrokerAddress {
  let parsed: URL;
  try {
    parsed = new URL(text);
  } catch {
    throw new TypeError("the broker's URL is not a URL; use ws://host:port, wss://…, nats://… or tls://…");
  }
  const { protocol, username, password } = parsed;
  if (!["ws:", "wss:", "nats:", "tls:"].includes(protocol)) {
    throw new TypeError(`a broker's URL cannot start with "${protocol}//"; use ws://, wss://, nats:// or tls://`);
  }
  const user = decodeURIComponent(username);
  return {
    url: `${protocol}//${parsed.host}${parsed.pathname === "/" ? "" : parsed.pathname}`,
    credentials:
      user === "" ? undefined : password === "" ? { token: user } : { user, pass: decodeURIComponent(password) },
  };
}

/** Dials by WebSocket, frames gathered once per turn of the event loop. */
export function dialWebSocket(openSocket: OpenSocket = (url) => new WebSocket(url)): Dial {
  return (options) =>
    wsconnect({
      ...options,
      wsFactory: (url) =>
        Promise.resolve({
          // nats-core types its socket as a browser's; it uses no more than SocketLike.
          socket: new CoalescingSocket(openSocket(url)) as unknown as WebSocket,
          encrypted: url.startsWith("wss:"),
        }),
    });
}
