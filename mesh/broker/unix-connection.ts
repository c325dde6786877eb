import { Buffer } from "node:buffer";
import { type Socket, connect } from "node:net";
import type { BrokerAddress } from "./address.ts";
import type { BlockMessage } from "./block-delivery.ts";
import { type ServerHandler, ServerParser } from "./server-parser.ts";

/** How to greet a broker, and who hears what it says. */
export interface UnixConnectionOptions {
  readonly path: string;
  /** Name shown in the broker's monitoring. */
  readonly name: string;
  readonly credentials: BrokerAddress["credentials"];
  readonly onMessage: (sid: string, message: BlockMessage) => void;
  readonly onError: (text: string) => void;
}

/** How long a broker may take to greet and to let one in. */
const GREETING_MS = 5_000;
/** Of a broker that does not say otherwise. */
const MAX_PAYLOAD_BYTES = 1024 * 1024;
/** How long it may take to read what was sent last. */
const LAST_BYTES_MS = 1_000;
/** What may gather within one turn: some twenty replies, so that the other side has them while the rest is worked on. */
const WRITE_EARLY_BYTES = 4 * 1024;

/** One connection to a broker at a Unix socket: it is made, says things and ends, and is not made again. */
export class UnixConnection implements ServerHandler {
  readonly #options: UnixConnectionOptions;
  readonly #socket: Socket;
  readonly #greeted = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #pongs: PromiseWithResolvers<void>[] = [];
  #frames: Uint8Array[] = [];
  #frameBytes = 0;
  #refusal: string | undefined;
  #maxPayloadBytes = 0;

  constructor(options: UnixConnectionOptions) {
    this.#options = options;
    const parser = new ServerParser(this);
    this.#socket = connect({ path: options.path });
    this.#socket.on("data", (chunk: Buffer) => {
      try {
        parser.push(chunk);
      } catch (error) {
        this.#fail(error);
      }
    });
    this.#socket.on("error", (error) => this.#fail(error));
    this.#socket.on("close", () => this.#close());
  }

  /** Resolves once the broker has let us in; rejects with why it did not. */
  async open(): Promise<void> {
    const timer = setTimeout(() => this.#fail(new Error("the broker did not greet in time")), GREETING_MS);
    try {
      await this.#greeted.promise;
      await this.ping();
    } catch {
      throw new Error(this.#refusal ?? "the connection ended before the broker greeted");
    } finally {
      clearTimeout(timer);
    }
  }

  /** Resolves when it is over, whoever ended it. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** As the broker said. */
  get maxPayloadBytes(): number {
    return this.#maxPayloadBytes;
  }

  /** Sends what is said within a turn of the event loop together: one system call, and one wake-up of the broker. */
  write(frame: Uint8Array): void {
    this.#frames.push(frame);
    this.#frameBytes += frame.length;
    if (this.#frameBytes >= WRITE_EARLY_BYTES) this.#flush();
    else if (this.#frames.length === 1) setImmediate(() => this.#flush());
  }

  /** Resolves when the broker has processed everything sent before; rejects when the connection ends first. */
  ping(): Promise<void> {
    const pong = Promise.withResolvers<void>();
    this.#pongs.push(pong);
    this.write(PING);
    return pong.promise;
  }

  /** Sends what is left and ends it. May be called twice. */
  close(): void {
    this.#flush();
    this.#socket.destroySoon();
    const timer = setTimeout(() => this.#socket.destroy(), LAST_BYTES_MS);
    this.#socket.once("close", () => clearTimeout(timer));
  }

  onInfo(json: string): void {
    const { max_payload: maxPayloadBytes = MAX_PAYLOAD_BYTES } = JSON.parse(json) as { readonly max_payload?: number };
    const isGreeting = this.#maxPayloadBytes === 0;
    this.#maxPayloadBytes = maxPayloadBytes;
    if (!isGreeting) return;
    this.write(Buffer.from(`CONNECT ${JSON.stringify(this.#introduction())}\r\n`));
    this.#greeted.resolve();
  }

  onMessage(sid: string, message: BlockMessage): void {
    this.#options.onMessage(sid, message);
  }

  onPing(): void {
    this.write(PONG);
  }

  onPong(): void {
    this.#pongs.shift()?.resolve();
  }

  onError(text: string): void {
    this.#refusal = text;
    this.#options.onError(text);
  }

  #introduction(): object {
    const { name, credentials } = this.#options;
    return {
      verbose: false,
      pedantic: false,
      headers: true,
      no_responders: true,
      protocol: 1,
      lang: "functions-mesh",
      version: "1",
      name,
      ...(credentials && "token" in credentials ? { auth_token: credentials.token } : credentials),
    };
  }

  #flush(): void {
    const frames = this.#frames;
    if (frames.length === 0) return;
    this.#frames = [];
    this.#frameBytes = 0;
    this.#socket.write(frames.length === 1 ? (frames[0] ?? PING) : Buffer.concat(frames));
  }

  #fail(error: unknown): void {
    // The broker's own word, which comes before it hangs up, says more.
    this.#refusal ??= error instanceof Error ? error.message : String(error);
    this.#socket.destroy();
  }

  #close(): void {
    const lost = new Error("the connection was lost");
    this.#greeted.promise.catch(() => undefined); // told by `open`, if anybody waits there
    this.#greeted.reject(lost);
    for (const pong of this.#pongs.splice(0)) pong.reject(lost);
    this.#ended.resolve();
  }
}

const PING = Buffer.from("PING\r\n");
const PONG = Buffer.from("PONG\r\n");
