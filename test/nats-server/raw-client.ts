/** A hand-typed NATS session: exact bytes in, exact bytes out. One character is one byte. */
export interface RawClient {
  readonly received: string;
  send(text: string): void;
  /** Resolves with everything received so far, once `isEnough` says so. */
  until(isEnough: string | ((received: string) => boolean)): Promise<string>;
  /** Resolves with everything received, once the server has closed. */
  readonly closed: Promise<string>;
  close(): void;
}

/** Connects to a server's `nats://` URL. */
export async function rawClient(tcpUrl: string): Promise<RawClient> {
  const { hostname, port } = new URL(tcpUrl);
  let received = "";
  let onReceived: (() => void) | undefined;
  const closed = Promise.withResolvers<string>();
  const unsent: Buffer[] = [];
  const pump = (socket: Bun.Socket): void => {
    for (let [chunk] = unsent; chunk !== undefined; [chunk] = unsent) {
      const taken = Math.max(0, socket.write(chunk));
      if (taken < chunk.length) {
        unsent[0] = chunk.subarray(taken);
        return;
      }
      unsent.shift();
    }
  };
  const socket = await Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      data(_socket, chunk) {
        received += chunk.toString("latin1");
        onReceived?.();
      },
      drain: pump,
      close() {
        closed.resolve(received);
        onReceived?.();
      },
      // Followed by `close`.
      error: () => undefined,
    },
  });
  let isClosed = false;
  void closed.promise.then(() => (isClosed = true));
  return {
    get received() {
      return received;
    },
    send(text) {
      unsent.push(Buffer.from(text, "latin1"));
      if (unsent.length === 1) pump(socket);
    },
    until: (isEnough) =>
      new Promise((resolve, reject) => {
        const fits = typeof isEnough === "string" ? (text: string) => text.includes(isEnough) : isEnough;
        const look = (): void => {
          if (fits(received)) resolve(received);
          else if (isClosed) reject(new Error(`closed after ${JSON.stringify(received)}`));
        };
        onReceived = look;
        look();
        void closed.promise.then(look);
      }),
    closed: closed.promise,
    close: () => socket.end(),
  };
}

/** Connects, says CONNECT and waits until the server has read it; `received` then starts empty. */
export async function greetedClient(tcpUrl: string, options: Record<string, unknown> = {}): Promise<RawClient> {
  const client = await rawClient(tcpUrl);
  client.send(`CONNECT ${JSON.stringify({ verbose: false, pedantic: false, ...options })}\r\nPING\r\n`);
  const { length } = await client.until("PONG\r\n");
  return {
    ...client,
    get received() {
      return client.received.slice(length);
    },
    until: async (isEnough) => {
      const fits = typeof isEnough === "string" ? (text: string) => text.includes(isEnough) : isEnough;
      return (await client.until((text) => fits(text.slice(length)))).slice(length);
    },
    closed: client.closed.then((text) => text.slice(length)),
  };
}

/** What comes back for `sent`, up to the answer to a ping. */
export async function answerTo(client: RawClient, sent: string): Promise<string> {
  const { length } = client.received;
  client.send(`${sent}PING\r\n`);
  const received = await client.until((text) => text.length > length && text.endsWith("PONG\r\n"));
  return received.slice(length, -"PONG\r\n".length);
}
