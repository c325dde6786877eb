import type { Call } from "./load.ts";

/** A request to send over and over, and what its answer must hold. */
export interface HttpCall {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly expected: string;
}

/** A caller on a keep-alive connection of its own. */
export interface HttpCaller {
  readonly call: Call;
  close(): void;
}

const HEAD_END = "\r\n\r\n";
const NOTHING = Buffer.alloc(0);

/**
 * Opens a connection that sends one prepared request at a time. Written on the bare socket, comparing bytes: a
 * benchmark's client should not be what is measured, and `fetch` costs more than the servers.
 */
export async function openHttpCaller({ url, headers, body, expected }: HttpCall): Promise<HttpCaller> {
  const lines = [`POST ${url.pathname} HTTP/1.1`, `Host: ${url.host}`, `Content-Length: ${Buffer.byteLength(body)}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  const request = Buffer.from(lines.join("\r\n") + HEAD_END + body);
  const good = { start: Buffer.from("HTTP/1.1 200"), end: Buffer.from(HEAD_END + expected) };
  let received: Buffer = NOTHING;
  let waiting: { resolve: () => void; reject: (error: Error) => void } | undefined;
  const end = (error?: Error): void => {
    const { resolve, reject } = waiting ?? {};
    waiting = undefined;
    received = NOTHING;
    if (error === undefined) resolve?.();
    else reject?.(error);
  };
  const socket = await Bun.connect({
    hostname: url.hostname,
    port: Number(url.port),
    socket: {
      data: (_socket, bytes) => {
        received = received.length === 0 ? bytes : Buffer.concat([received, bytes]);
        if (isBetween(received, good)) end();
        else if (isWhole(received)) end(new Error(`unexpected answer from ${url.href}: ${received.toString()}`));
      },
      close: () => end(new Error(`${url.href} closed the connection`)),
    },
  });
  return {
    call: () =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(request);
      }),
    close: () => void socket.end(),
  };
}

function isBetween(bytes: Buffer, { start, end }: { start: Buffer; end: Buffer }): boolean {
  const endAt = bytes.length - end.length;
  return (
    endAt > 0 &&
    bytes.compare(start, 0, start.length, 0, start.length) === 0 &&
    bytes.compare(end, 0, end.length, endAt) === 0
  );
}

/** Whether the answer is there to its end, whatever it says. */
function isWhole(bytes: Buffer): boolean {
  const headEnd = bytes.indexOf(HEAD_END);
  const length = /content-length: (\d+)/i.exec(bytes.toString("latin1"))?.[1];
  return headEnd >= 0 && bytes.length >= headEnd + HEAD_END.length + Number(length);
}
