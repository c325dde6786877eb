import { type ConnectionOptions, type NatsConnection, wsconnect } from "@nats-io/nats-core";
import { CoalescingSocket, type SocketLike } from "./coalescing-socket.ts";
import { FailedSocket } from "./failed-socket.ts";

/** Opens one connection that reconnects by itself; rejects when the first attempt fails. */
export type Dial = (options: ConnectionOptions) => Promise<NatsConnection>;

/** Opens the socket to a broker's WebSocket URL. */
export type OpenSocket = (url: string) => SocketLike;

/** Dials by WebSocket, frames gathered once per turn of the event loop. */
export function dialWebSocket(openSocket: OpenSocket = (url) => new WebSocket(url)): Dial {
  return (options) =>
    wsconnect({
      ...options,
      wsFactory: (url) =>
        Promise.resolve({
          // nats-core types its socket as a browser's; it uses no more than SocketLike.
          socket: new CoalescingSocket(opened(openSocket, url)) as unknown as WebSocket,
          encrypted: url.startsWith("wss:"),
        }),
    });
}

function opened(openSocket: OpenSocket, url: string): SocketLike {
  try {
    return openSocket(url);
  } catch (error) {
    return new FailedSocket(error);
  }
}
