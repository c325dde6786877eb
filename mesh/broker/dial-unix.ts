import type { Dial } from "./dial.ts";
import { dialWebSocket } from "./dial.ts";
import { StreamSocket } from "./stream-socket.ts";

/** Dials a broker's Unix socket. Needs `node:net`: not for edge bundles. */
export const dialUnix: Dial = (options) => {
  const { pathname } = new URL(String(options.servers));
  const path = decodeURIComponent(pathname);
  const dial = dialWebSocket(() => new StreamSocket(path));
  // Of a cluster's other addresses none is behind this socket.
  return dial({ ...options, servers: "ws://localhost", ignoreClusterUpdates: true });
};
