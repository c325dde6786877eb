import { type Accept, type Listener, type Peer, type Sink, listening } from "../transport.ts";

/** Listens for clients over TCP. */
export function listenTcp(host: string, port: number, accept: Accept): Listener {
  const listener = listening(host, port, () =>
    Bun.listen<Connection>({
      hostname: host,
      port,
      exclusive: true,
      socket: {
        open(socket) {
          const sink = new TcpSink(socket);
          socket.data = { sink, peer: accept(sink, socket.remoteAddress) };
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
      },
    }),
  );
  return { port: listener.port, stopAccepting: () => listener.stop(false), close: () => listener.stop(true) };
}

interface Connection {
  readonly sink: TcpSink;
  readonly peer: Peer;
}

class TcpSink implements Sink {
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
