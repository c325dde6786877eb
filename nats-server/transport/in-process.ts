import type { Accept, Peer, Sink } from "../transport.ts";

/** The part of a W3C WebSocket that NATS clients use. */
export interface InProcessSocket {
  binaryType: string;
  /** Always 0: what is sent has arrived. */
  readonly bufferedAmount: number;
  /** As of a WebSocket: 0 connecting, 1 open, 2 closing, 3 closed. */
  readonly readyState: number;
  onopen: ((event: { type: "open" }) => void) | null;
  onmessage: ((event: { type: "message"; data: ArrayBuffer }) => void) | null;
  onerror: ((event: { type: "error"; message: string }) => void) | null;
  onclose: ((event: CloseNotice) => void) | null;
  /** Hands bytes over; they must not be changed afterwards. */
  send(data: ArrayBuffer | Uint8Array): void;
  close(): void;
}

/** What a close tells. */
export interface CloseNotice {
  readonly type: "close";
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}

/** Connects a client in this process: the protocol without a socket. */
export function connectInProcess(accept: Accept): InProcessSocket {
  return new ClientEnd(accept);
}

const [CONNECTING, OPEN, CLOSED] = [0, 1, 3];

class ClientEnd implements InProcessSocket {
  binaryType = "arraybuffer";
  readyState = CONNECTING;
  readonly bufferedAmount = 0;
  onopen: InProcessSocket["onopen"] = null;
  onerror: InProcessSocket["onerror"] = null;
  onclose: InProcessSocket["onclose"] = null;
  #onmessage: InProcessSocket["onmessage"] = null;
  readonly #accept: Accept;
  #peer: Peer | undefined;
  #arrived: Buffer[] = [];

  constructor(accept: Accept) {
    this.#accept = accept;
  }

  get onmessage(): InProcessSocket["onmessage"] {
    return this.#onmessage;
  }

  // The first listener opens the link: a greeting sent before there is one would be lost.
  set onmessage(listener: InProcessSocket["onmessage"]) {
    this.#onmessage = listener;
    if (listener !== null && this.#peer === undefined) queueMicrotask(() => this.#open());
  }

  send(data: ArrayBuffer | Uint8Array): void {
    if (this.readyState !== OPEN) return;
    const bytes = data instanceof Uint8Array ? data : new Uint8Array(data);
    this.#arrived.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    // Not at once: an answer must not reach the client inside its own call of `send`.
    if (this.#arrived.length === 1) queueMicrotask(() => this.#handOver());
  }

  close(): void {
    this.#handOver();
    this.shut({ type: "close", code: 1000, reason: "", wasClean: true });
  }

  /** From the server's end. */
  receive(data: ArrayBuffer): void {
    if (this.readyState !== OPEN) return;
    try {
      this.#onmessage?.({ type: "message", data });
    } catch (error) {
      reportError(error);
    }
  }

  /** From either end; tells both. */
  shut(notice: CloseNotice): void {
    if (this.readyState === CLOSED) return;
    this.readyState = CLOSED;
    queueMicrotask(() => {
      this.#peer?.closed();
      this.onclose?.(notice);
    });
  }

  #open(): void {
    if (this.readyState !== CONNECTING) return;
    this.readyState = OPEN;
    this.#peer = this.#accept(new ServerEnd(this), "in-process");
    this.onopen?.({ type: "open" });
  }

  #handOver(): void {
    const arrived = this.#arrived;
    this.#arrived = [];
    for (const chunk of arrived) this.#peer?.receive(chunk);
  }
}

class ServerEnd implements Sink {
  readonly isWritable = true;
  readonly #client: ClientEnd;

  constructor(client: ClientEnd) {
    this.#client = client;
  }

  send(bytes: Buffer, start: number, end: number): number {
    // A copy, because the client keeps what it is given and the server does not.
    this.#client.receive(new Uint8Array(bytes.subarray(start, end)).buffer);
    return end - start;
  }

  end(reason: string): void {
    this.#client.shut({ type: "close", code: reason === "" ? 1001 : 1008, reason, wasClean: true });
  }

  terminate(): void {
    this.#client.shut({ type: "close", code: 1006, reason: "", wasClean: false });
  }
}
