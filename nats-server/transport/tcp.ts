import { type Accept, type PortListener, listening } from "../transport.ts";
import { type Connection, streamHandler } from "./stream-socket.ts";

/** Listens for clients over TCP. */
export function listenTcp(host: string, port: number, accept: Accept): PortListener {
  const listener = listening(host, port, () =>
    Bun.listen<Connection>({
      hostname: host,
      port,
      exclusive: true,
      socket: streamHandler(accept, ({ remoteAddress }) => remoteAddress),
    }),
  );
  return { port: listener.port, stopAccepting: () => listener.stop(false), close: () => listener.stop(true) };
}
