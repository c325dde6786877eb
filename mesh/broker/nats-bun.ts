import type { Log } from "../log.ts";
import { dialTcp } from "./dial-tcp.ts";
import { dialUnix } from "./dial-unix.ts";
import { type Dial, UNIX_PROTOCOL, dialWebSocket } from "./dial.ts";
import { NatsBroker } from "./nats.ts";

/** A broker for processes on Bun: by WebSocket, by a Unix socket or by TCP, as the URL says. `connect()` it. */
export function natsBroker(options: { url: string; name: string; log: Log }): NatsBroker {
  return new NatsBroker({ ...options, dial: dialFor(options.url) });
}

function dialFor(url: string): Dial {
  if (/^wss?:/.test(url)) return dialWebSocket();
  return url.startsWith(UNIX_PROTOCOL) ? dialUnix : dialTcp;
}
