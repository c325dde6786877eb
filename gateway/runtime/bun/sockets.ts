import { MeshError } from "../../../mesh/errors.ts";
import type { CorsPolicy } from "../../policy.ts";
import { requestFacts } from "../../request-facts.ts";
import { spaceCloudError } from "../../space-cloud/answer.ts";
import type { ClientSockets } from "../../space-cloud/socket/client-sockets.ts";
import { ENVELOPE_BYTES, type OpenSocket } from "../../space-cloud/socket/open-socket.ts";
import { mayConnect } from "../../space-cloud/socket/may-connect.ts";
import { socketPath } from "../../space-cloud/socket/path.ts";
import type { Wire } from "../../space-cloud/socket/wire.ts";

/** What Bun keeps beside a websocket. */
export interface SocketData {
  readonly project: string | undefined;
  socket?: OpenSocket;
}

/** Largest that Bun takes: 32 bits, with a sign. */
const LARGEST_LIMIT = 2 ** 31 - 1;

/**
 * Makes a websocket of a request at one of their paths.
 *
 * @returns the refusal; `"upgraded"` when Bun answers the request; `undefined` for any other request.
 */
export function upgrade(
  request: Request,
  server: Bun.Server<SocketData>,
  { sockets, cors }: { readonly sockets: ClientSockets; readonly cors: CorsPolicy },
): Response | "upgraded" | undefined {
  if (request.method !== "GET" || request.headers.get("Upgrade")?.toLowerCase() !== "websocket") return undefined;
  const path = socketPath(pathOf(request.url));
  if (path === undefined) return undefined;
  const refusal = refuseFor(request, { sockets, cors });
  if (refusal !== undefined) return spaceCloudError(refusal, refusal.status, requestFacts(request.headers));
  return server.upgrade(request, { data: { project: path.project } }) ? "upgraded" : undefined;
}

function refuseFor(
  { headers }: Request,
  { sockets, cors }: { readonly sockets: ClientSockets; readonly cors: CorsPolicy },
): MeshError | undefined {
  if (!mayConnect(headers, cors)) {
    return new MeshError("forbidden", "pages of this origin may not connect; gateway.cors.origins says which may");
  }
  if (!sockets.isFull) return undefined;
  return new MeshError("overloaded", "there are too many websockets at this gateway", { retryAfterSeconds: 5 });
}

/** How Bun serves the websockets of clients. */
export function socketHandler(
  sockets: ClientSockets,
  { maxBodyBytes }: { readonly maxBodyBytes: number },
): Bun.WebSocketHandler<SocketData> {
  return {
    maxPayloadLength: maxBodyBytes + ENVELOPE_BYTES,
    // Whoever is silent is pinged, and whoever does not read is dropped, by `OpenSocket`.
    idleTimeout: 0,
    sendPings: false,
    backpressureLimit: LARGEST_LIMIT,
    perMessageDeflate: false,
    open(ws) {
      ws.data.socket = sockets.open(wireOf(ws), ws.data.project);
    },
    message: (ws, frame) => ws.data.socket?.receive(frame),
    pong: (ws) => ws.data.socket?.pong(),
    close: (ws) => ws.data.socket && sockets.closed(ws.data.socket),
  };
}

function wireOf(ws: Bun.ServerWebSocket<SocketData>): Wire {
  return {
    send: (text) => void ws.sendText(text),
    get bufferedBytes() {
      return ws.getBufferedAmount();
    },
    ping: () => void ws.ping(),
    close: (code, reason) => ws.close(code, reason),
    terminate: () => ws.terminate(),
  };
}

/** HTTP/1.0 needs no Host: the URL is then the path alone. */
function pathOf(url: string): string {
  return url.startsWith("/") ? (url.split("?", 1)[0] ?? "") : new URL(url).pathname;
}
