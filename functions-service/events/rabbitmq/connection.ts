import { type ChannelModel, type ConfirmChannel, connect } from "amqplib";
import type { Closable } from "../../../mesh/lifecycle.ts";
import type { Log } from "../../../mesh/log.ts";
import { pause } from "../../../mesh/pause.ts";
import { explain, placeOf } from "./explain.ts";
import type { Layout } from "./message.ts";

const CONNECT_MS = 10_000;
/** How long to wait for a server to say goodbye; one that hangs is left to the heartbeat. */
const CLOSE_MS = 2000;
/** Two of these without a sign of life, and the connection is given up. */
const HEARTBEAT_SECONDS = 10;

/** An open channel, for as long as it lives. */
export interface Session {
  readonly channel: ConfirmChannel;
  /** Why it ended; `undefined` while it lives. */
  readonly failure: Error | undefined;
}

export interface ConnectionOptions {
  readonly url: string;
  readonly layout: Layout;
  readonly log: Log;
  /** Nobody wanted the message with this id. */
  readonly onReturned: (messageId: string) => void;
}

/** The one long-lived connection and its channel, opened when it is needed and again after it broke. */
export class RabbitmqConnection implements Closable {
  readonly #options: ConnectionOptions;
  #session: Promise<Session> | undefined;
  #connection: ChannelModel | undefined;
  #isClosed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** @throws Error that tells what to do, without credentials, when RabbitMQ cannot be reached or refuses. */
  open(): Promise<Session> {
    this.#session ??= this.#open().catch((error: unknown) => {
      this.#session = undefined;
      throw explain(error, this.#options.url);
    });
    return this.#session;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#hangUp();
  }

  async #open(): Promise<Session> {
    const { url, layout } = this.#options;
    await this.#hangUp();
    const connection = await connect(withHeartbeat(url), {
      timeout: CONNECT_MS,
      noDelay: true,
      clientProperties: { connection_name: "functions-mesh events" },
    });
    this.#connection = connection;
    const session = this.#watch(connection);
    try {
      if (this.#isClosed) throw new Error("it was closed while it was being opened");
      const channel = await connection.createConfirmChannel();
      channel.on("error", (error) => session.end(error));
      channel.on("close", () => session.end(new Error("the channel was closed")));
      channel.on("return", ({ properties }) => this.#options.onReturned(String(properties.messageId)));
      const { exchange, queue } = layout;
      if (exchange !== "") await channel.assertExchange(exchange, "topic", { durable: true });
      if (queue !== undefined) await channel.assertQueue(queue, { durable: true });
      return session.begin(channel);
    } catch (error) {
      await this.#hangUp();
      throw error;
    }
  }

  #watch(connection: ChannelModel): { end(error: Error): void; begin(channel: ConfirmChannel): Session } {
    const { url, log } = this.#options;
    const place = placeOf(url);
    let failure: Error | undefined;
    const end = (error: Error): void => {
      failure ??= explain(error, url);
      if (this.#connection === connection) this.#session = undefined;
    };
    connection.on("error", end);
    connection.on("close", (error) => end(error ?? new Error("the connection was closed")));
    connection.on("blocked", (reason) => log.warn("RabbitMQ takes no events for now", { place, reason }));
    connection.on("unblocked", () => log.info("RabbitMQ takes events again", { place }));
    const begin = (channel: ConfirmChannel): Session => ({
      channel,
      get failure() {
        return failure;
      },
    });
    return { end, begin };
  }

  async #hangUp(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#session = undefined;
    if (connection === undefined) return;
    const patience = new AbortController();
    // What is gone already need not be closed: that is all this can say.
    const closed = connection.close().catch(() => undefined);
    await Promise.race([closed, pause(CLOSE_MS, patience.signal)]);
    patience.abort();
  }
}

function withHeartbeat(url: string): string {
  const complete = new URL(url);
  if (!complete.searchParams.has("heartbeat")) complete.searchParams.set("heartbeat", String(HEARTBEAT_SECONDS));
  return complete.href;
}
