import type { Accept, Peer, Sink } from "../transport.ts";

/** A connection of a transport that carries bytes as they are. */
export interface Connection {
  readonly sink: StreamSink;
  readonly peer: Peer;
}

/** What `Bun.listen` calls for such connections. `addressOf` tells the client's. */
export function streamHandler(
  accept: Accept,
  addressOf: (socket: Bun.Socket<Connection>) => string,
): Bun.SocketHandler<Connection> {
  return {
    open(socket) {
      const sink = new StreamSink(socket);
      socket.data = { sink, peer: accept(sink, addressOf(socket)) };
      socket.setNoDelay(true);
    },
    data: (socket, chunk) => socket.data.peer.receive(chunk),
    drain(socket) {
      socket.data.sink.isWritable = true;
      socket.data.peer.drained();
    },
    close: (socket) => socket.data.peer.closed(),
    // A reset is followed by `close`, which is where it matters; without a listener it would be thrown.
    error: () => undefined,
  };
}

class StreamSink implements Sink {
  isWritable = true;
  readonly #socket: Bun.Socket<Connection>;

  constructor(socket: Bun.Socket<Connection>) {
    this.#socket = socket;
  }

  send(bytes: Buffer, start: number, end: number): number {
    const taken = Math.max(0, this.#socket.write(bytes, start, end - start));
    if (taken < end - start) this.isWritable = false;
    return taken;
  }

  end(): void {
    this.#socket.end();
  }

  terminate(): void {
    this.#socket.terminate();
  }
}
