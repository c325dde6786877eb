import { chmodSync } from "node:fs";
import type { Accept, Listener } from "../transport.ts";
import { cannotListenAt, freeSocketPath } from "./socket-path.ts";
import { type Connection, streamHandler } from "./stream-socket.ts";

/**
 * Listens for clients of this machine at a Unix socket: whoever may write to the file may connect. It is removed when nobody may
 * connect any more.
 *
 * @throws Error as `freeSocketPath`, or when it cannot be made.
 */
export async function listenUnix(path: string, mode: number, accept: Accept): Promise<Listener> {
  await freeSocketPath(path);
  try {
    const listener = Bun.listen<Connection>({ unix: path, socket: streamHandler(accept, () => "unix") });
    // Until here it is as the process's umask says, by which commonly nobody else may write.
    chmodSync(path, mode);
    return { stopAccepting: () => listener.stop(false), close: () => listener.stop(true) };
  } catch (error) {
    throw cannotListenAt(path, error);
  }
}
