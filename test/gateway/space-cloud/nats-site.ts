import { type NatsConnection, connect } from "@nats-io/transport-node";
import { shopConfig } from "../../support/mesh.ts";

/** What stands in requests and replies of 2019. */
export interface NatsMessage2019 {
  readonly id: string;
  readonly auth: unknown;
  readonly params?: unknown;
  readonly service: string;
  readonly func: string;
  readonly error: string;
}

/** A configuration in which workers on the broker count; what `rest` says of the gateway is left out. */
export function natsConfig(rules: Parameters<typeof shopConfig>[0], isOn = true): ReturnType<typeof shopConfig> {
  return shopConfig(rules, { gateway: { spaceCloud: { natsWorkers: isOn } } });
}

/** Somebody on the broker who knows nothing but NATS. */
export class NatsPeer implements AsyncDisposable {
  readonly #connection: NatsConnection;

  private constructor(connection: NatsConnection) {
    this.#connection = connection;
  }

  static async connect({ natsUrl }: { readonly natsUrl: string }): Promise<NatsPeer> {
    return new NatsPeer(await connect({ servers: natsUrl, maxReconnectAttempts: -1, reconnectTimeWait: 50 }));
  }

  /**
   * Serves as a worker of 2019 does.
   * @param answer the reply, as text; without one there is none.
   */
  async serve(service: string, answer: (text: string) => string | undefined): Promise<void> {
    await this.serveAt(`functions:${service}`, service, answer);
  }

  async serveAt(
    subject: string,
    queue: string | undefined,
    answer: (text: string) => string | undefined,
  ): Promise<void> {
    this.#connection.subscribe(subject, {
      ...(queue !== undefined && { queue }),
      callback: (error, message) => {
        if (error !== null) throw error;
        const reply = answer(message.string());
        if (reply !== undefined) message.respond(reply);
      },
    });
    await this.#connection.flush();
  }

  /** Asks as a gateway of 2019 does. */
  async ask(service: string, request: unknown): Promise<NatsMessage2019> {
    const text = typeof request === "string" || request instanceof Uint8Array ? request : JSON.stringify(request);
    const reply = await this.#connection.request(`functions:${service}`, text, { timeout: 5_000 });
    return reply.json();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.close();
  }
}

/** The request of a gateway of 2019. */
export function request2019(func: string, params?: unknown, auth: unknown = {}): object {
  return { id: "", auth, params, service: "arithmetic", func, error: "" };
}

/** The reply of a worker of 2019. */
export function reply2019(params?: unknown, error = ""): string {
  return JSON.stringify({ id: "x", auth: null, params, service: "", func: "", error });
}
