import type { TCPSocketListener } from "bun";
import type { Closable } from "../../mesh/lifecycle.ts";

/** What a client asked a server of events. */
export interface AskedForEvents {
  readonly lastEventId: string | null;
  readonly query: URLSearchParams;
  readonly accept: string | null;
}

/** A connection of a client, over which events go. */
export interface EventConnection {
  readonly asked: AskedForEvents;
  send(text: string): void;
  /** Ends properly. */
  end(): void;
  /** Breaks off in the middle of it. */
  break(): void;
}

/** An HTTP server that answers as the functions API does to those who follow events, by hand. */
export class EventServer implements Closable {
  /** Statuses of refusals that come next. */
  readonly refusals: number[] = [];
  readonly #waiting: ((connection: EventConnection) => void)[] = [];
  readonly #connections: EventConnection[] = [];
  #server: TCPSocketListener<{ head: string }> | undefined;
  readonly #port: number;

  constructor(port = 0) {
    this.#server = this.#listen(port);
    this.#port = this.#server.port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** The next connection that is not refused. */
  next(): Promise<EventConnection> {
    const { promise, resolve } = Promise.withResolvers<EventConnection>();
    const connection = this.#connections.shift();
    if (connection === undefined) this.#waiting.push(resolve);
    else resolve(connection);
    return promise;
  }

  /** Goes away with all connections. */
  leave(): void {
    this.#server?.stop(true);
    this.#server = undefined;
  }

  comeBack(): void {
    this.#server = this.#listen(this.#port);
  }

  close(): Promise<void> {
    this.leave();
    return Promise.resolve();
  }

  // By hand, because an HTTP server cannot be told to break off in the middle.
  #listen(port: number): TCPSocketListener<{ head: string }> {
    return Bun.listen<{ head: string }>({
      hostname: "127.0.0.1",
      port,
      socket: {
        open: (socket) => void (socket.data = { head: "" }),
        data: (socket, bytes) => {
          socket.data.head += bytes.toString();
          if (!socket.data.head.endsWith("\r\n\r\n")) return;
          const asked = readHead(socket.data.head);
          socket.data.head = "";
          const status = this.refusals.shift();
          if (status !== undefined) {
            const text = JSON.stringify({ code: "worker_unavailable", detail: "not at the moment" });
            socket.end(
              `HTTP/1.1 ${status} Refused\r\nContent-Type: application/problem+json\r\n` +
                `Content-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`,
            );
            return;
          }
          socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
          const send = (text: string): void => {
            socket.write(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
            socket.flush();
          };
          const connection = {
            asked,
            send,
            end: () => void socket.end("0\r\n\r\n"),
            break: () => socket.terminate(),
          };
          const waiting = this.#waiting.shift();
          if (waiting === undefined) this.#connections.push(connection);
          else waiting(connection);
        },
      },
    });
  }
}

function readHead(head: string): AskedForEvents {
  const [first = "", ...lines] = head.split("\r\n");
  const fields = new Headers(
    lines.filter((line) => line !== "").map((line) => line.split(": ", 2) as [string, string]),
  );
  const [, target = ""] = first.split(" ");
  return {
    lastEventId: fields.get("Last-Event-ID"),
    query: new URL(target, "http://localhost").searchParams,
    accept: fields.get("Accept"),
  };
}
