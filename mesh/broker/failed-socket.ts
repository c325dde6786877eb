import type { SocketLike } from "./coalescing-socket.ts";

/**
 * A socket that could not be opened, and says so as sockets do. nats-core waits for ever when a factory throws instead.
 */
export class FailedSocket implements SocketLike {
  binaryType = "arraybuffer";
  readonly bufferedAmount = 0;
  onopen: SocketLike["onopen"] = null;
  onmessage: SocketLike["onmessage"] = null;
  onclose: SocketLike["onclose"] = null;
  #onerror: SocketLike["onerror"] = null;
  readonly #message: string;

  constructor(reason: unknown) {
    this.#message = reason instanceof Error ? reason.message : String(reason);
  }

  get onerror(): SocketLike["onerror"] {
    return this.#onerror;
  }
  set onerror(listener: SocketLike["onerror"]) {
    this.#onerror = listener;
    const event = { type: "error", message: this.#message };
    // Whose event it is differs between platforms; SocketLike leaves that open.
    if (listener !== null) queueMicrotask(() => listener(event as never));
  }

  send(): void {
    throw new Error(this.#message);
  }

  close(): void {
    this.#onerror = null;
  }
}
