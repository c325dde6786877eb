import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** What goes wrong with one request. */
export type Fault =
  /** The proxy answers itself, when it has read the request or at once. */
  | { readonly answer: { status: number; headers?: Record<string, string>; body?: string }; readonly early?: boolean }
  /** The connection breaks when so many bytes of the request's body went through. */
  | { readonly cutRequestAfter: number }
  /** The registry did it, but nobody is told. */
  | { readonly loseAnswer: true }
  /** The connection breaks when so many bytes of the answer's body went through. */
  | { readonly cutAnswerAfter: number }
  /** The answer is another one. */
  | { readonly changeAnswer: (answer: { headers: Record<string, string>; body: Uint8Array }) => void }
  /** One bit of the request's body changes on its way. */
  | { readonly damageRequest: true }
  /** Nothing happens. */
  | { readonly stall: true }
  /** All goes well, after this. */
  | { readonly until: Promise<void> };

export interface FaultProxy {
  readonly url: string;
  /** `PUT /v2/…`, in order. */
  readonly requests: readonly string[];
  /** The next requests that match go wrong: `times` of them, default one. */
  fail(match: RegExp, fault: Fault, times?: number): void;
  /** All goes well again. */
  heal(): void;
  close(): Promise<void>;
}

/** Stands between a client and a registry, and does to them what networks and busy registries do. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const rules: { match: RegExp; fault: Fault; times: number }[] = [];
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((incoming, outgoing) => {
    const line = `${incoming.method ?? ""} ${incoming.url ?? ""}`;
    requests.push(line);
    const rule = rules.find(({ match, times }) => times > 0 && match.test(line));
    if (rule !== undefined) rule.times -= 1;
    const { socket } = incoming;
    handle({ target, incoming, outgoing, socket }, rule?.fault).catch(() => socket.destroy());
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy listens nowhere");
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    fail: (match, fault, times = 1) => void rules.push({ match, fault, times }),
    heal: () => void rules.splice(0),
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
    },
  };
}

interface Exchange {
  readonly target: string;
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  /** Taken at the beginning: a message forgets it. */
  readonly socket: Socket;
}

async function handle(exchange: Exchange, fault: Fault | undefined): Promise<void> {
  const { incoming, outgoing, socket } = exchange;
  if (fault !== undefined && "stall" in fault) return;
  if (fault !== undefined && "until" in fault) await fault.until;
  if (fault !== undefined && "answer" in fault) {
    if (fault.early !== true) await bodyOf(incoming);
    const { status, headers = {}, body = "" } = fault.answer;
    outgoing.writeHead(status, { ...headers, ...(fault.early === true && { connection: "close" }) }).end(body);
    return;
  }
  const answer = await forward(exchange, fault);
  if (fault !== undefined && "loseAnswer" in fault) {
    await bodyOf(answer);
    socket.destroy();
    return;
  }
  const headers = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]));
  if (fault !== undefined && "changeAnswer" in fault) {
    const changed = { headers, body: await bodyOf(answer) };
    fault.changeAnswer(changed);
    outgoing.writeHead(answer.statusCode ?? 500, changed.headers).end(changed.body);
    return;
  }
  outgoing.writeHead(answer.statusCode ?? 500, headers);
  let left = fault !== undefined && "cutAnswerAfter" in fault ? fault.cutAnswerAfter : Number.POSITIVE_INFINITY;
  for await (const piece of answer as AsyncIterable<Uint8Array>) {
    const part = piece.subarray(0, left);
    left -= part.byteLength;
    await new Promise((written) => outgoing.write(part, written));
    if (left > 0) continue;
    socket.destroy();
    return;
  }
  outgoing.end();
}

async function forward({ target, incoming }: Exchange, fault: Fault | undefined): Promise<IncomingMessage> {
  const { promise: answered, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  // The host stays the proxy's, so that the registry sends its client to the proxy again.
  const { method, headers, url } = incoming;
  const upstream = request(new URL(url ?? "/", target), { ...(method !== undefined && { method }), headers }, resolve);
  upstream.once("error", reject);
  // Nobody waits for an answer when the request was cut.
  answered.catch(() => undefined);
  let passed = 0;
  for await (const piece of incoming as AsyncIterable<Uint8Array>) {
    const part = Uint8Array.from(piece);
    if (fault !== undefined && "damageRequest" in fault && passed === 0) part[0] = (part[0] ?? 0) ^ 1;
    if (fault !== undefined && "cutRequestAfter" in fault && passed + part.byteLength >= fault.cutRequestAfter) {
      await new Promise((written) => upstream.write(part.subarray(0, fault.cutRequestAfter - passed), written));
      upstream.destroy();
      throw new Error("cut");
    }
    passed += part.byteLength;
    if (!upstream.write(part)) await once(upstream, "drain");
  }
  upstream.end();
  return answered;
}

async function bodyOf(message: IncomingMessage): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of message as AsyncIterable<Uint8Array>) pieces.push(piece);
  return new Uint8Array(Buffer.concat(pieces));
}
