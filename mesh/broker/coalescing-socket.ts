/** The part of a W3C WebSocket that a NATS client needs. */
export interface SocketLike {
  binaryType: string;
  readonly bufferedAmount: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  send(data: ArrayBuffer): void;
  close(): void;
}

/** What may gather within one turn: some twenty replies, so that the other side has them while the rest is worked on. */
const WRITE_EARLY_BYTES = 4 * 1024;

/**
 * A WebSocket that writes once per turn of the event loop. nats-core flushes once per microtask, which under load is
 * one frame, one system call and one wake-up of the broker per message; gathered, a burst of calls is one of each.
 * Throughput at 64 connections doubles, and a lone call does not wait: its turn ends at once.
 */
export class CoalescingSocket implements SocketLike {
  readonly #socket: SocketLike;
  readonly #afterTurn: (flush: () => void) => void;
  #frames: ArrayBuffer[] = [];
  #pendingBytes = 0;

  /** @param afterTurn runs a function at the end of this turn. Default `setImmediate`. */
  constructor(socket: SocketLike, afterTurn: (flush: () => void) => void = endOfTurn) {
    this.#socket = socket;
    this.#afterTurn = afterTurn;
  }

  get binaryType(): string {
    return this.#socket.binaryType;
  }
  set binaryType(type: string) {
    this.#socket.binaryType = type;
  }
  get bufferedAmount(): number {
    return this.#pendingBytes + this.#socket.bufferedAmount;
  }
  get onopen(): SocketLike["onopen"] {
    return this.#socket.onopen;
  }
  set onopen(listener: SocketLike["onopen"]) {
    this.#socket.onopen = listener;
  }
  get onmessage(): SocketLike["onmessage"] {
    return this.#socket.onmessage;
  }
  set onmessage(listener: SocketLike["onmessage"]) {
    this.#socket.onmessage = listener;
  }
  get onerror(): SocketLike["onerror"] {
    return this.#socket.onerror;
  }
  set onerror(listener: SocketLike["onerror"]) {
    this.#socket.onerror = listener;
  }
  get onclose(): SocketLike["onclose"] {
    return this.#socket.onclose;
  }
  set onclose(listener: SocketLike["onclose"]) {
    this.#socket.onclose = listener;
  }

  send(frame: ArrayBuffer): void {
    this.#frames.push(frame);
    this.#pendingBytes += frame.byteLength;
    if (this.#pendingBytes >= WRITE_EARLY_BYTES) this.#flush();
    else if (this.#frames.length === 1) this.#afterTurn(() => this.#flush());
  }

  close(): void {
    this.#flush();
    this.#socket.close();
  }

  #flush(): void {
    const frames = this.#frames;
    const [first] = frames;
    if (first === undefined) return;
    this.#frames = [];
    const bytes = frames.length === 1 ? first : concat(frames, this.#pendingBytes);
    this.#pendingBytes = 0;
    this.#socket.send(bytes);
  }
}

/** On its own, because workerd's `setImmediate` is no method of anything else. */
function endOfTurn(flush: () => void): void {
  setImmediate(flush);
}

function concat(frames: readonly ArrayBuffer[], totalBytes: number): ArrayBuffer {
  const whole = new Uint8Array(totalBytes);
  let offset = 0;
  for (const frame of frames) {
    whole.set(new Uint8Array(frame), offset);
    offset += frame.byteLength;
  }
  return whole.buffer;
}
