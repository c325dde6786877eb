import type { Log } from "../log.ts";
import { dialTcp } from "./dial-tcp.ts";
import { dialWebSocket } from "./dial.ts";
import { NatsBroker } from "./nats.ts";

/** A broker for processes on Bun: by WebSocket or by TCP, as the URL says. `connect()` it. */
export function natsBroker(options: { url: string; name: string; log: Log }): NatsBroker {
  const isWebSocket = /^wss?:/.test(options.url);
  return new NatsBroker({ ...options, dial: isWebSocket ? dialWebSocket() : dialTcp });
}
