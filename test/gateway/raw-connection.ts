import type { Socket } from "bun";

/** A TCP connection to the gateway, for what `fetch` would never send. */
export interface RawConnection extends AsyncDisposable {
  send(text: string | Uint8Array): void;
  /** Everything received so far. */
  received(): string;
  /** Resolves with everything received, as soon as it fits or the other side closes. */
  until(fits: (received: string) => boolean): Promise<string>;
  /** Resolves with everything received when the other side has closed. */
  closed(): Promise<string>;
  /** Goes away without a farewell. */
  reset(): void;
  /** Says that nothing more will be sent. */
  end(): void;
  /** Reads nothing more. */
  pause(): void;
}

/** Opens a connection to where `url` leads. */
export async function openRaw(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  let received = "";
  let isClosed = false;
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const look of waiting) look();
  };
  const decoder = new TextDecoder();
  // What the kernel does not take at once is sent when it is ready for more.
  let backlog: Uint8Array = new Uint8Array(0);
  const flush = (socket: Socket): void => {
    const written = socket.write(backlog);
    backlog = backlog.subarray(Math.max(0, written));
  };
  const socket = await Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      data(_socket, data) {
        received += decoder.decode(data, { stream: true });
        wake();
      },
      drain: flush,
      close() {
        isClosed = true;
        wake();
      },
      error() {
        isClosed = true;
        wake();
      },
    },
  });
  const until = (fits: (text: string) => boolean): Promise<string> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!isClosed && !fits(received)) return;
        waiting.delete(look);
        resolve(received);
      };
      waiting.add(look);
      look();
    });
  return {
    send(text) {
      const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
      backlog = Buffer.concat([backlog, bytes]);
      flush(socket);
    },
    received: () => received,
    until,
    closed: () => until(() => false),
    reset: () => socket.terminate(),
    end: () => socket.shutdown(),
    pause: () => socket.pause(),
    [Symbol.asyncDispose]: async () => {
      socket.terminate();
    },
  };
}

/** The statuses in what was received, in order. */
export function statuses(received: string): number[] {
  return [...received.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map(([, status]) => Number(status));
}

/** A request's text: a call of `path` with a JSON body. */
export function rawCall(path: string, body: string, headers: readonly string[] = []): string {
  const lines = [`POST ${path} HTTP/1.1`, "Host: gateway", `Content-Length: ${Buffer.byteLength(body)}`, ...headers];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

/** The body in what was received of one response, without the marks of its chunks. */
export function unchunked(received: string): string {
  let body = "";
  for (let at = received.indexOf("\r\n\r\n") + 4; at >= 4;) {
    const end = received.indexOf("\r\n", at);
    const size = end < 0 ? 0 : Number.parseInt(received.slice(at, end), 16);
    if (!(size > 0)) break;
    body += received.slice(end + 2, end + 2 + size);
    at = end + 2 + size + 2;
  }
  return body;
}
