import { type Socket, connect } from "node:net";
import type { SocketLike } from "./coalescing-socket.ts";

/**
 * A Unix socket as a WebSocket would be: nats-core's transport for the one serves the other, for it takes the bytes of frames as
 * they come and knows nothing of their borders.
 */
export class StreamSocket implements SocketLike {
  binaryType = "arraybuffer";
  onopen: SocketLike["onopen"] = null;
  onmessage: SocketLike["onmessage"] = null;
  onerror: SocketLike["onerror"] = null;
  onclose: SocketLike["onclose"] = null;
  readonly #socket: Socket;
  #hasReceived = false;

  /** Connects to the socket of that path. */
  constructor(path: string) {
    this.#socket = connect({ path });
    // Whose events they are differs between platforms; SocketLike leaves that open.
    this.#socket.on("connect", () => this.onopen?.({ type: "open" } as never));
    this.#socket.on("data", (data) => {
      this.#hasReceived = true;
      this.onmessage?.({ data } as never);
    });
    this.#socket.on("error", ({ message }) => this.#fail(message));
    this.#socket.on("close", () => {
      // nats-core would wait for the broker's greeting until its own time is over.
      if (!this.#hasReceived) this.#fail("the connection ended before the broker greeted");
      this.onclose?.({ wasClean: true, reason: "" } as never);
    });
  }

  get bufferedAmount(): number {
    return this.#socket.writableLength;
  }

  send(frame: ArrayBuffer): void {
    this.#socket.write(new Uint8Array(frame));
  }

  close(): void {
    this.#socket.destroySoon();
  }

  #fail(message: string): void {
    this.onerror?.({ type: "error", message } as never);
  }
}
