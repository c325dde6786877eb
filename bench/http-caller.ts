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

/**
 * Opens a connection that sends one prepared request at a time. Written on the bare socket: a benchmark's client should
 * not be what is measured, and `fetch` costs more than the servers.
 */
export async function openHttpCaller({ url, headers, body, expected }: HttpCall): Promise<HttpCaller> {
  const lines = [`POST ${url.pathname} HTTP/1.1`, `Host: ${url.host}`, `Content-Length: ${Buffer.byteLength(body)}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  const request = Buffer.from(lines.join("\r\n") + HEAD_END + body);
  let received = "";
  let waiting: { resolve: () => void; reject: (error: Error) => void } | undefined;
  const end = (error?: Error): void => {
    const { resolve, reject } = waiting ?? {};
    waiting = undefined;
    received = "";
    if (error === undefined) resolve?.();
    else reject?.(error);
  };
  const socket = await Bun.connect({
    hostname: url.hostname,
    port: Number(url.port),
    socket: {
      data: (_socket, bytes) => {
        received += bytes.toString("latin1");
        if (!isComplete(received)) return;
        const isGood = received.startsWith("HTTP/1.1 200") && received.endsWith(expected);
        end(isGood ? undefined : new Error(`unexpected answer from ${url.href}: ${received}`));
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

function isComplete(received: string): boolean {
  const headEnd = received.indexOf(HEAD_END);
  if (headEnd < 0) return false;
  const length = /content-length: (\d+)/i.exec(received)?.[1];
  return received.length >= headEnd + HEAD_END.length + Number(length);
}
