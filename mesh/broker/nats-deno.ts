import { WebSocket } from "ws";
import { UNIX_PROTOCOL } from "./address.ts";
import { dialTcpTo } from "./dial-tcp.ts";
import { type Dial, dialWebSocket } from "./dial.ts";
import { NatsBroker } from "./nats.ts";
import type { DistantBroker, DistantBrokerOptions } from "./nats-bun.ts";

/**
 * A broker for processes on Deno: by WebSocket or by TCP, as the URL says. `connect()` it.
 *
 * Deno's own WebSocket writes a frame's head and its body apart, without `TCP_NODELAY`: from 1 KB on a frame waits some 45 ms for
 * the other side's acknowledgement. The `ws` package does not.
 *
 * @throws TypeError for a URL or credentials that cannot be used, such as a Unix socket's.
 */
export function natsBrokerOnDeno(options: DistantBrokerOptions): DistantBroker {
  if (options.url.startsWith(UNIX_PROTOCOL)) {
    throw new TypeError("a broker's Unix socket is for processes on Bun; use ws://, wss://, nats:// or tls://");
  }
  return new NatsBroker({ ...options, dial: dialOf(options) });
}

function dialOf(options: DistantBrokerOptions): Dial {
  const { url, ca } = options;
  if (!/^wss?:/.test(url)) return dialTcpTo(options);
  const how = { perMessageDeflate: false, ...(ca !== undefined && { ca }) };
  return dialWebSocket((to) => new WebSocket(to, how));
}
