import { LocalClient } from "./local-client.ts";
import type { NatsServerSettings } from "./options.ts";
import { Router } from "./router.ts";
import { noCounts } from "./stats.ts";

/**
 * What a NATS server is without its transports: it routes, with queue groups and "no responders", for clients in its own
 * process. Nothing listens, so there is nothing to close.
 *
 * @example const server = new LocalServer(settingsFrom({ log })); const client = server.connect();
 */
export class LocalServer {
  readonly router = new Router();
  readonly counters = noCounts();
  readonly #settings: Pick<NatsServerSettings, "maxPayloadBytes" | "log">;

  constructor(settings: Pick<NatsServerSettings, "maxPayloadBytes" | "log">) {
    this.#settings = settings;
  }

  /** Connects a client: no socket, no protocol, no credentials. */
  connect(): LocalClient {
    const { router, counters } = this;
    const { maxPayloadBytes, log } = this.#settings;
    return new LocalClient({ router, counters, log, maxPayloadBytes });
  }
}
