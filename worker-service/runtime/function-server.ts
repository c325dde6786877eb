import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Closable } from "../../mesh/lifecycle.ts";
import { within } from "./within.ts";

/** Answers a request; never rejects. */
export type HttpHandler = (request: Request) => Promise<Response>;

/** An HTTP server. Closing it sends what was answered, though not for ever, and ends all connections. */
export interface HttpServer extends Closable {
  readonly port: number;
}

/** Of every interface: as Knative's runtime contract asks. */
const HOSTNAME = "0.0.0.0";
/** How long clients may take to read what was answered when the server closes. */
const LAST_BYTES_MS = 3_000;
const IDLE_MS = 20;

/** Serves HTTP by what the runtime has for it: Bun's and Deno's own servers, `node:http` elsewhere. */
export function listen(port: number, handler: HttpHandler): Promise<HttpServer> {
  if (typeof Bun !== "undefined") return Promise.resolve(listenOnBun(port, handler));
  const { Deno: deno } = globalThis as { readonly Deno?: DenoLike };
  return deno === undefined ? listenOnNode(port, handler) : Promise.resolve(listenOnDeno(deno, port, handler));
}

function listenOnBun(port: number, handler: HttpHandler): HttpServer {
  // A call takes as long as it may take; the function itself has the limits.
  const server = Bun.serve({
    port,
    hostname: HOSTNAME,
    idleTimeout: 0,
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    development: false,
    // Implied otherwise: another process on this port would get half of the calls.
    reusePort: false,
    fetch: handler,
  });
  const close = async (): Promise<void> => {
    await within(LAST_BYTES_MS, server.stop(false));
    await server.stop(true);
  };
  return { port: server.port ?? port, close };
}

/** The least of Deno that is needed (https://docs.deno.com/api/deno/~/Deno.serve). */
interface DenoLike {
  serve(
    options: { port: number; hostname: string; onListen: () => void },
    handler: HttpHandler,
  ): { readonly addr: { readonly port: number }; shutdown(): Promise<void> };
}

function listenOnDeno(deno: DenoLike, port: number, handler: HttpHandler): HttpServer {
  const server = deno.serve({ port, hostname: HOSTNAME, onListen: () => undefined }, handler);
  return { port: server.addr.port, close: () => within(LAST_BYTES_MS, server.shutdown()) };
}

async function listenOnNode(port: number, handler: HttpHandler): Promise<HttpServer> {
  const server = createServer({ requestTimeout: 0 }, (incoming, outgoing) => {
    // An answer that breaks off is one that its reader has to notice.
    void answer(incoming, outgoing, handler).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, HOSTNAME, resolve);
  });
  const close = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
    // One that was busy when the server closed is kept open when it has got its answer.
    const closing = setInterval(() => server.closeIdleConnections(), IDLE_MS);
    await within(LAST_BYTES_MS, closed);
    clearInterval(closing);
    server.closeAllConnections();
  };
  return { port: (server.address() as AddressInfo).port, close };
}

/** How long a client may take to read why its body was not read. */
const UNREAD_MS = 1_000;

async function answer(incoming: IncomingMessage, outgoing: ServerResponse, handler: HttpHandler): Promise<void> {
  const left = new AbortController();
  outgoing.once("close", () => left.abort());
  const request = toRequest(incoming, left.signal);
  const response =
    request === undefined ? new Response("the request is not valid", { status: 400 }) : await handler(request);
  const cookies = response.headers.getSetCookie();
  // What follows on a body that nobody read cannot be told from it.
  const isUnread = !incoming.complete;
  if (isUnread) outgoing.once("finish", () => void setTimeout(() => incoming.socket.destroy(), UNREAD_MS).unref());
  outgoing.writeHead(response.status, {
    ...Object.fromEntries(response.headers),
    ...(cookies.length > 0 && { "set-cookie": cookies }),
    ...(isUnread && { connection: "close" }),
  });
  if (response.body === null || incoming.method === "HEAD") {
    outgoing.end();
    await response.body?.cancel();
    return;
  }
  const reader = response.body.getReader();
  left.signal.addEventListener("abort", () => void reader.cancel().catch(() => undefined)); // its end is all that is wanted
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    if (!outgoing.write(next.value)) await drained(outgoing);
  }
  outgoing.end();
}

function drained(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      outgoing.off("drain", settle).off("close", settle);
      resolve();
    };
    outgoing.once("drain", settle).once("close", settle);
  });
}

function toRequest(incoming: IncomingMessage, signal: AbortSignal): Request | undefined {
  const { method = "GET", headers, url = "/", rawHeaders } = incoming;
  const hasBody = method !== "GET" && method !== "HEAD";
  try {
    const fields = rawHeaders.flatMap((name, index): [string, string][] => {
      const value = rawHeaders[index + 1];
      return index % 2 === 0 && value !== undefined ? [[name, value]] : [];
    });
    const body = hasBody ? bodyOf(incoming) : null;
    const how = { method, headers: fields, signal, ...(body !== null && { body, duplex: "half" }) };
    return new Request(new URL(url, `http://${headers.host ?? "function"}`), how);
  } catch {
    return undefined; // a host or a path that no URL has
  }
}

/** A request's body. Node's own conversion would destroy the connection, answer and all, when it is not read to its end. */
function bodyOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  let isOver = false;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const end = (how: () => void) => (): void => {
          if (!isOver) how();
          isOver = true;
        };
        incoming.on("data", (chunk: Uint8Array) => {
          if (isOver) return;
          controller.enqueue(new Uint8Array(chunk));
          if ((controller.desiredSize ?? 0) <= 0) incoming.pause();
        });
        incoming.once(
          "end",
          end(() => controller.close()),
        );
        for (const event of ["error", "aborted", "close"]) {
          incoming.once(
            event,
            end(() => controller.error(new Error("the client broke the request off"))),
          );
        }
        incoming.pause();
      },
      pull: () => void incoming.resume(),
      cancel() {
        isOver = true;
        incoming.resume();
      },
    },
    { highWaterMark: 1 },
  );
}
