import type { Broker } from "../broker.ts";
import type { Log } from "../log.ts";
import { UNIX_PROTOCOL } from "./address.ts";
import { dialTcp } from "./dial-tcp.ts";
import { dialWebSocket } from "./dial.ts";
import { NatsBroker } from "./nats.ts";
import { UnixBroker } from "./unix.ts";

/** A broker that is not connected yet. */
export interface DistantBroker extends Broker {
  /** Resolves at the first connection, however long that takes; rejects only when closed before. */
  connect(): Promise<void>;
}

/** A broker for processes on Bun: by WebSocket, by a Unix socket or by TCP, as the URL says. `connect()` it. */
export function natsBroker(options: { url: string; name: string; log: Log }): DistantBroker {
  const { url } = options;
  if (url.startsWith(UNIX_PROTOCOL)) return new UnixBroker(options);
  return new NatsBroker({ ...options, dial: /^wss?:/.test(url) ? dialWebSocket() : dialTcp });
}
