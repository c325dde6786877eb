/** A client that subscribes and then reads nothing until it is told to. */
export interface StalledClient {
  /** Reads on; resolves with the protocol bytes sent since it stalled, up to `ending` or the end of the connection. */
  readUpTo(ending: string): Promise<string>;
}

/** Connects to a `nats://` or `ws://` URL, subscribes to `subject` and stops reading. */
export async function stalledClient(url: string, subject: string): Promise<StalledClient> {
  const { protocol, hostname, port } = new URL(url);
  const isWebSocket = protocol === "ws:";
  const finished = Promise.withResolvers<void>();
  let wanted = "";
  let tail = "";
  const subscribed = Promise.withResolvers<void>();
  let received: Buffer[] = [];
  const socket = await Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      data(socket, chunk) {
        received.push(chunk);
        tail = (tail + chunk.toString("latin1", Math.max(0, chunk.length - 64))).slice(-64);
        if (wanted !== "" && tail.endsWith(wanted)) finished.resolve();
        if (!tail.endsWith("PONG\r\n")) return;
        received = [];
        socket.pause();
        subscribed.resolve();
      },
      close: () => finished.resolve(),
      // Followed by `close`.
      error: () => undefined,
    },
  });
  const commands = `CONNECT {"verbose":false}\r\nSUB ${subject} 1\r\nPING\r\n`;
  socket.write(isWebSocket ? Buffer.concat([Buffer.from(UPGRADE), maskedFrame(commands)]) : commands);
  await subscribed.promise;
  return {
    async readUpTo(ending) {
      wanted = ending;
      socket.resume();
      await finished.promise;
      socket.end();
      const bytes = Buffer.concat(received);
      return isWebSocket ? unframed(bytes) : bytes.toString("latin1");
    },
  };
}

const UPGRADE = [
  "GET / HTTP/1.1",
  "host: broker",
  "connection: upgrade",
  "upgrade: websocket",
  "sec-websocket-version: 13",
  "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
  "\r\n",
].join("\r\n");

/** A binary frame as a client sends it (RFC 6455, 5.2). Its mask of zeros changes nothing. */
function maskedFrame(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x82, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
}

/** The payloads of the data frames a server sent. */
function unframed(bytes: Buffer): string {
  const payloads: Buffer[] = [];
  for (let at = 0; at + 2 <= bytes.length;) {
    const opcode = bytes.readUInt8(at) & 0x0f;
    const short = bytes.readUInt8(at + 1);
    const [length, start] =
      short === 127
        ? [Number(bytes.readBigUInt64BE(at + 2)), at + 10]
        : short === 126
          ? [bytes.readUInt16BE(at + 2), at + 4]
          : [short, at + 2];
    at = start + length;
    if (opcode <= 2) payloads.push(bytes.subarray(start, at));
  }
  return Buffer.concat(payloads).toString("latin1");
}
