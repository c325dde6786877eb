import { type Accept, type Peer, type PortListener, type Sink, listening } from "../transport.ts";

/** How the WebSocket transport listens. */
export interface WebSocketOptions {
  /** Web pages that may connect. */
  readonly allowedOrigins: readonly string[];
  /** Largest frame a client may send; a frame may hold many operations. */
  readonly maxFrameBytes: number;
}

/** Listens for clients over WebSocket, on any path. Plain HTTP requests are told what this is. */
export function listenWebSocket(host: string, port: number, options: WebSocketOptions, accept: Accept): PortListener {
  const server = listening(host, port, () =>
    Bun.serve<Connection>({
      hostname: host,
      port,
      fetch(request, server) {
        const origin = request.headers.get("origin");
        // Any page open in a browser on this machine can reach a loopback port: browsers say which one it was.
        if (origin !== null && !options.allowedOrigins.includes(origin)) {
          return new Response(`origin ${JSON.stringify(origin)} is not allowed here; add it to allowedOrigins\n`, {
            status: 403,
          });
        }
        if (server.upgrade(request, { data: new Connection() })) return undefined;
        return new Response("this is a NATS server; connect to it with a NATS client over WebSocket\n", {
          status: 426,
          headers: { upgrade: "websocket", connection: "upgrade" },
        });
      },
      websocket: {
        // NATS has its own pings; an idle client is no reason to hang up.
        idleTimeout: 0,
        sendPings: false,
        perMessageDeflate: false,
        maxPayloadLength: options.maxFrameBytes,
        // What waits is bounded before it gets here; a message dropped at this limit would corrupt the stream.
        backpressureLimit: 2 ** 31 - 1,
        open: (socket) => socket.data.open(socket, accept),
        message: (socket, frame) => socket.data.peer?.receive(typeof frame === "string" ? Buffer.from(frame) : frame),
        drain: (socket) => socket.data.drain(socket),
        close: (socket) => socket.data.peer?.closed(),
      },
    }),
  );
  return {
    port: server.port ?? port,
    stopAccepting: () => void server.stop(false),
    close: () => void server.stop(true),
  };
}

class Connection {
  peer: Peer | undefined;
  #sink: WebSocketSink | undefined;

  open(socket: Bun.ServerWebSocket<Connection>, accept: Accept): void {
    this.#sink = new WebSocketSink(socket);
    this.peer = accept(this.#sink, socket.remoteAddress);
  }

  drain(socket: Bun.ServerWebSocket<Connection>): void {
    if (this.#sink === undefined || socket.getBufferedAmount() > 0) return;
    this.#sink.isWritable = true;
    this.peer?.drained();
  }
}

class WebSocketSink implements Sink {
  isWritable = true;
  readonly #socket: Bun.ServerWebSocket<Connection>;

  constructor(socket: Bun.ServerWebSocket<Connection>) {
    this.#socket = socket;
  }

  send(bytes: Buffer, start: number, end: number): number {
    const result = this.#socket.sendBinary(bytes.subarray(start, end), false);
    // -1: taken, but it waits in the socket's own buffer. 0: the socket is closed and `closed()` follows.
    if (result <= 0) this.isWritable = false;
    return result === 0 ? 0 : end - start;
  }

  end(reason: string): void {
    this.#socket.close(reason === "" ? 1001 : 1008, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }
}
