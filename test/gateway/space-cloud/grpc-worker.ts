import type { ClientDuplexStream } from "@grpc/grpc-js";
import type { FunctionsPayload } from "../../../gateway/space-cloud/grpc/messages.ts";
import { type SpaceCloudClient, connect } from "./grpc-client.ts";

/** A message that came down, its JSON read. */
export interface Received {
  readonly type: string;
  readonly id: string;
  readonly service: string;
  readonly function: string;
  readonly params: unknown;
  readonly auth: unknown;
}

/** A worker on a stream whose every message the test decides about. */
export class GrpcWorker implements AsyncDisposable {
  readonly #client: SpaceCloudClient;
  readonly #stream: ClientDuplexStream<Partial<FunctionsPayload>, FunctionsPayload>;
  readonly #received: Received[] = [];
  #arrival = Promise.withResolvers<void>();
  /** Resolves with the code of its status when the stream ends. */
  readonly ended: Promise<number>;

  constructor(address: string) {
    this.#client = connect(address);
    this.#stream = this.#client.Service();
    this.#stream.on("data", ({ params, auth, ...rest }: FunctionsPayload) => {
      this.#received.push({ ...rest, params: fromJson(params), auth: fromJson(auth) });
      this.#arrival.resolve();
      this.#arrival = Promise.withResolvers();
    });
    this.#stream.on("error", () => undefined);
    this.ended = new Promise((resolve) => this.#stream.on("status", ({ code }) => resolve(code)));
  }

  send(payload: Partial<FunctionsPayload>): void {
    this.#stream.write(payload);
  }

  /** Registers a service and resolves with the acknowledgement. */
  async register(service: string, more: Partial<FunctionsPayload> = {}): Promise<unknown> {
    const id = crypto.randomUUID();
    this.send({ type: "service-register", id, service, ...more });
    return (await this.next((message) => message.id === id)).params;
  }

  /** Answers a call, with JSON unless it is bytes. */
  answer(id: string, params: unknown, more: Partial<FunctionsPayload> = {}): void {
    const bytes = params instanceof Uint8Array ? params : Buffer.from(JSON.stringify(params));
    this.send({ type: "service-request", id, params: bytes, ...more });
  }

  /** The next message that fits; those that do not are left for others. */
  async next(fits: (message: Received) => boolean = () => true): Promise<Received> {
    for (;;) {
      const at = this.#received.findIndex(fits);
      const [found] = at === -1 ? [] : this.#received.splice(at, 1);
      if (found !== undefined) return found;
      await this.#arrival.promise;
    }
  }

  nextCall(): Promise<Received> {
    return this.next(({ type }) => type === "service-request");
  }

  /** Says that it has nothing more to say. */
  end(): void {
    this.#stream.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stream.cancel();
    await this.ended;
    this.#client.close();
  }
}

function fromJson(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes));
}
