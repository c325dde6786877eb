/** A call as a worker gets it. */
export interface ReceivedCall {
  readonly id: string;
  readonly service: string;
  readonly func: string;
  readonly params: unknown;
  readonly auth: unknown;
  readonly error: string;
}

/** A frame as it came. */
export interface Frame {
  readonly type: string;
  readonly id: string;
  readonly data: Record<string, unknown>;
}

/** What a worker says of a call: the value, or an error's text. */
export type Answer = { readonly params?: unknown; readonly error?: string };

/** How a socket ended. */
export interface Ending {
  readonly code: number;
  readonly reason: string;
}

const PATHS = { old: "/v1/api/socket/json", new: "/v1/api/shop/socket/json" };

/** A worker as those of 2019 are on the wire, in as few words as possible. */
export class WorkerClient implements AsyncDisposable {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<string, (frame: Frame) => void>();
  readonly #calls: ReceivedCall[] = [];
  readonly #onCalls = new Set<() => void>();
  readonly #onFrame = new Map<string, (frame: Frame) => void>();
  #handler: ((call: ReceivedCall) => Answer | undefined) | undefined;
  /** Resolves when the socket is closed. */
  readonly ended: Promise<Ending>;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(String(data)) as Frame);
    this.ended = new Promise((resolve) => {
      socket.onclose = ({ code, reason }) => resolve({ code, reason });
    });
  }

  /** Connects to a gateway at one of the two paths. */
  static async connect(
    { url }: { readonly url: string },
    path: keyof typeof PATHS | `/${string}` = "new",
  ): Promise<WorkerClient> {
    const pathname = path === "old" || path === "new" ? PATHS[path] : path;
    const socket = new WebSocket(url.replace("http", "ws") + pathname);
    const client = new WorkerClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onerror = () => reject(new Error(`no websocket at ${pathname}`));
    });
    socket.onerror = null;
    return client;
  }

  /** Calls that came so far and that no handler has answered. */
  get calls(): readonly ReceivedCall[] {
    return this.#calls;
  }

  /** Resolves with so many calls when they have come. */
  async received(count: number): Promise<readonly ReceivedCall[]> {
    while (this.#calls.length < count) {
      await new Promise<void>((resolve) => {
        this.#onCalls.add(resolve);
      });
    }
    return this.#calls;
  }

  /** Registers a service; resolves with the answer's data. */
  async register(service: string, data: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    return (await this.ask("service-register", { service, ...data })).data;
  }

  /** Sends a frame; resolves with the one that has its id. */
  ask(type: string, data: Record<string, unknown>): Promise<Frame> {
    const id = crypto.randomUUID();
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.sendText(JSON.stringify({ id, type, data }));
    });
  }

  /** Resolves with the next frame of a type, whatever its id. */
  next(type: string): Promise<Frame> {
    return new Promise((resolve) => {
      this.#onFrame.set(type, resolve);
    });
  }

  /** Answers all calls from here on. */
  serve(handler: (call: ReceivedCall) => Answer | undefined): this {
    this.#handler = handler;
    return this;
  }

  /** Answers a call. */
  answer(id: string, answer: Answer): void {
    this.sendText(JSON.stringify({ id: crypto.randomUUID(), type: "service-request", data: { id, ...answer } }));
  }

  sendText(frame: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(frame);
  }

  /** Resolves when the gateway has handled all that was sent before. */
  async settled(): Promise<void> {
    await this.ask("realtime-subscribe", {});
  }

  /** Goes away without a farewell. */
  kill(): void {
    // Bun has it, and the standard does not.
    (this.#socket as WebSocket & { terminate(): void }).terminate();
  }

  async close(): Promise<void> {
    this.#socket.close();
    await this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #receive(frame: Frame): void {
    this.#onFrame.get(frame.type)?.(frame);
    this.#onFrame.delete(frame.type);
    const waiting = frame.id === "" ? undefined : this.#waiting.get(frame.id);
    if (waiting !== undefined) {
      this.#waiting.delete(frame.id);
      waiting(frame);
    } else if (frame.type === "service-request") this.#take(frame.data as unknown as ReceivedCall);
  }

  #take(call: ReceivedCall): void {
    const answer = this.#handler?.(call);
    if (answer !== undefined) return this.answer(call.id, answer);
    this.#calls.push(call);
    for (const wake of this.#onCalls) wake();
    this.#onCalls.clear();
  }
}

/** A worker that is registered, or an error with what the gateway said. */
export async function joined(
  gateway: { readonly url: string },
  { service, token, path }: { service: string; token?: string; path?: Parameters<typeof WorkerClient.connect>[1] },
): Promise<WorkerClient> {
  const worker = await WorkerClient.connect(gateway, path);
  const answer = await worker.register(service, { project: "shop", ...(token !== undefined && { token }) });
  if (answer["ack"] !== true) throw new Error(`the worker was refused: ${JSON.stringify(answer)}`);
  return worker;
}

/** Status and body of an answer in JSON. */
export async function outcome(answering: Promise<Response>): Promise<[status: number, body: unknown]> {
  const response = await answering;
  return [response.status, await response.json()];
}
