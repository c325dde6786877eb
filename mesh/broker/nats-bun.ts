import type { Broker } from "../broker.ts";
import type { Log } from "../log.ts";
import type { BrokerAccess } from "./access.ts";
import { UNIX_PROTOCOL } from "./address.ts";
import { dialTcpTo } from "./dial-tcp.ts";
import { type Dial, dialWebSocket } from "./dial.ts";
import { NatsBroker } from "./nats.ts";
import { UnixBroker } from "./unix.ts";

/** A broker that is not connected yet. */
export interface DistantBroker extends Broker {
  /** Resolves at the first connection, however long that takes; rejects only when closed before. */
  connect(): Promise<void>;
}

/** A broker elsewhere and what it takes to be let in. */
export interface DistantBrokerOptions extends BrokerAccess {
  readonly url: string;
  /** Name shown in the broker's monitoring. */
  readonly name: string;
  readonly log: Log;
}

/**
 * A broker for processes on Bun: by WebSocket, by a Unix socket or by TCP, as the URL says. `connect()` it. A Unix socket needs
 * no certificate, and its credentials are the URL's.
 *
 * @throws TypeError for a URL or credentials that cannot be used.
 */
export function natsBroker(options: DistantBrokerOptions): DistantBroker {
  const { url } = options;
  if (url.startsWith(UNIX_PROTOCOL)) return new UnixBroker(options);
  return new NatsBroker({ ...options, dial: dialOf(options) });
}

function dialOf(options: DistantBrokerOptions): Dial {
  const { url, ca } = options;
  if (!/^wss?:/.test(url)) return dialTcpTo(options);
  if (ca === undefined) return dialWebSocket();
  // Bun takes options where browsers take protocols; with the DOM's types in sight its own are not.
  return dialWebSocket((to) => new WebSocket(to, { tls: { ca } } as unknown as string[]));
}
