import { once } from "node:events";
import { chmodSync } from "node:fs";
import { type Server, type Socket, createServer } from "node:net";
import { pathToFileURL } from "node:url";
import type { Closable } from "../mesh/lifecycle.ts";
import type { Log } from "../mesh/log.ts";
import { Upstream } from "./relay/upstream.ts";
import { cannotListenAt, freeSocketPath } from "./transport/socket-path.ts";

/** Where a relay listens, and where it leads. */
export interface RelayOptions {
  /** Path of the Unix socket, of at most 107 bytes. */
  readonly path: string;
  /** Permissions of the socket: whoever may write to it may connect. Default `0o600`. */
  readonly mode?: number;
  /** The broker's URL, `nats://` or `tls://`. Credentials in it are not used: each client has its own. */
  readonly to: string;
  /** Certificates to trust beside those of the machine, as PEM. */
  readonly ca?: string;
  readonly log: Log;
}

/** A relay that listens. Closing it ends its connections and removes the socket. */
export interface Relay extends Closable {
  /** Where clients reach the broker, without credentials. */
  readonly url: string;
}

/**
 * Lets clients that may not use the network reach a broker elsewhere by a Unix socket of this machine. While the broker is away
 * connections end as soon as they are made, so that clients try again as with any broker.
 *
 * @throws TypeError for a URL that is no TCP broker's; Error when the socket cannot be made.
 */
export async function relayUnixSocket({ path, mode = 0o600, to, ca, log }: RelayOptions): Promise<Relay> {
  const upstream = new Upstream(to, ca);
  const open = new Set<Socket>();
  await freeSocketPath(path);
  const server = createServer({ pauseOnConnect: true }, (client) => {
    open.add(client);
    client.once("close", () => open.delete(client));
    // Its end follows, which is where it matters.
    client.on("error", () => undefined);
    upstream.lead(client).catch((error: unknown) => {
      log.warn("a client cannot be led to the broker", { url: upstream.url, reason: reasonOf(error) });
      client.destroy();
    });
  });
  await listenAt(server, path, mode);
  return {
    url: `nats+unix://localhost${pathToFileURL(path).pathname}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const client of open) client.destroy();
      }),
  };
}

async function listenAt(server: Server, path: string, mode: number): Promise<void> {
  try {
    server.listen(path);
    await once(server, "listening");
    // Until here it is as the process's umask says, by which commonly nobody else may write.
    chmodSync(path, mode);
  } catch (error) {
    server.close();
    throw cannotListenAt(path, error);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
