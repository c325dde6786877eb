/** What a client is told: an answer, or what was published. */
export interface PubsubFrame {
  readonly type: string;
  readonly id: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What a client asks for, besides the subject. */
export interface SubscribeOptions {
  /** Default: a new one. */
  readonly id?: string;
  readonly queue?: string;
  readonly project?: string;
  readonly token?: string;
}

/** A client that writes frames by hand. */
export class PubsubClient implements AsyncDisposable {
  readonly #socket: WebSocket;
  /** What nobody has asked for yet, in the order of its coming. */
  readonly #frames: PubsubFrame[] = [];
  readonly #readers = new Set<() => void>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      this.#frames.push(JSON.parse(String(data)) as PubsubFrame);
      for (const read of this.#readers) read();
    });
  }

  /** @param project the one in the path; without it, the path of older clients. */
  static async connect(url: string, project?: string): Promise<PubsubClient> {
    const path = project === undefined ? "/v1/api/socket/json" : `/v1/api/${project}/socket/json`;
    const socket = new WebSocket(url.replace("http", "ws") + path);
    const client = new PubsubClient(socket);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", () => reject(new Error(`no websocket at ${path}`)));
    });
    return client;
  }

  send(type: string, data: unknown): string {
    const id = `m${++this.#lastId}`;
    this.#socket.send(JSON.stringify({ id, type, data }));
    return id;
  }

  /** What the gateway says to a message. */
  async ask(type: string, data: unknown): Promise<Readonly<Record<string, unknown>>> {
    const id = this.send(type, data);
    return (await this.next((frame) => frame.id === id && frame.type === type)).data;
  }

  subscribe(subject: string, { id, ...options }: SubscribeOptions = {}): Promise<Readonly<Record<string, unknown>>> {
    return this.ask("pubsub-subscribe", { id: id ?? crypto.randomUUID(), subject, queue: "", ...options });
  }

  /** The next thing that was published. */
  async feed(): Promise<unknown> {
    return (await this.next(({ type }) => type === "pubsub-subscribe-feed")).data;
  }

  /** The first frame of that kind that was not taken yet. */
  next(isWanted: (frame: PubsubFrame) => boolean): Promise<PubsubFrame> {
    return new Promise((resolve) => {
      const look = (): void => {
        const index = this.#frames.findIndex(isWanted);
        const [frame] = index === -1 ? [] : this.#frames.splice(index, 1);
        if (frame === undefined) return;
        this.#readers.delete(look);
        resolve(frame);
      };
      this.#readers.add(look);
      look();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = new Promise((resolve) => this.#socket.addEventListener("close", resolve));
    this.#socket.close();
    await closed;
  }
}
