import { CALL_HEADERS, JSON_TYPE, NO_CLAIMS } from "../../mesh/call.ts";
import { MeshError } from "../../mesh/errors.ts";
import { FUNCTION_HEADER, type HttpRequestHead, HTTP_HEADERS, decodeRequestHead, inAscii } from "../../mesh/http.ts";
import type { Route } from "../deployer.ts";
import type { CallBody } from "./call-body.ts";
import type { CallInHand } from "./call-in-hand.ts";

/** What `fetch` is called with: also what only Bun's knows. */
export interface RouteInit extends RequestInit {
  readonly decompress: boolean;
  readonly timeout: false;
  readonly duplex: "half";
}

/** Makes HTTP requests; `fetch` by default. */
export type Fetch = (url: string, init: RouteInit) => Promise<Response>;

const TIMEOUT_HEADER = "X-Request-Timeout";
/** Fields that the connection to the route has of its own. */
const OF_THE_CONNECTION = ["host", "content-length", "expect"];

/** A request that is ready to be made. */
export interface RouteRequest {
  readonly url: string;
  readonly init: RouteInit;
}

/** A call as the HTTP request that a deployed function takes for the same thing. */
export function routeRequest(call: CallInHand, route: Route, body: CallBody): RouteRequest {
  const { headers: given } = call.message;
  const carried = given[HTTP_HEADERS.request];
  const head: HttpRequestHead | undefined = carried === undefined ? undefined : decodeRequestHead(carried);
  const headers = new Headers(head?.headers);
  if (head === undefined) put(headers, CALL_HEADERS.contentType, given[CALL_HEADERS.contentType] ?? JSON_TYPE);
  for (const name of OF_THE_CONNECTION) headers.delete(name);
  // `fetch` would ask for compression of its own accord, and nobody would undo it here.
  if (!headers.has("Accept-Encoding")) headers.set("Accept-Encoding", "identity");
  for (const [name, value] of Object.entries(callHeaders(call))) put(headers, name, value);
  if (route.host !== undefined) headers.set("Host", route.host);
  const method = head?.method ?? "POST";
  const hasBody = method !== "GET" && method !== "HEAD";
  return {
    url: urlOf(route, head),
    init: {
      method,
      headers,
      body: hasBody ? body.open() : null,
      signal: call.signal,
      duplex: "half",
      redirect: "manual",
      // One that was kept may be closed at this moment; whether the call had an effect would not be known.
      keepalive: call.isIdempotent,
      decompress: false,
      timeout: false,
    },
  };
}

/** What the function is told of the call; nothing of it is the client's to say. */
function callHeaders({ id, to, leftMs, message: { headers } }: CallInHand): Record<string, string | undefined> {
  const { claims, traceparent, tracestate, baggage, requestId, idempotencyKey } = CALL_HEADERS;
  return {
    [traceparent]: headers[traceparent],
    [tracestate]: headers[tracestate],
    [baggage]: headers[baggage],
    [idempotencyKey]: headers[idempotencyKey],
    [CALL_HEADERS.id]: id === "" ? undefined : id,
    [claims]: inAscii(headers[claims] ?? NO_CLAIMS),
    [requestId]: headers[requestId] ?? (id === "" ? undefined : id),
    [TIMEOUT_HEADER]: (leftMs / 1000).toFixed(3),
    [FUNCTION_HEADER]: to.function,
  };
}

/** @throws MeshError `invalid_request` for a value that messages can hold and HTTP cannot. */
function put(headers: Headers, name: string, value: string | undefined): void {
  headers.delete(name);
  if (value === undefined) return;
  try {
    headers.set(name, value);
  } catch (cause) {
    const text = `the call's ${name} holds characters that do not travel by HTTP; use ASCII`;
    throw new MeshError("invalid_request", text, { cause });
  }
}

function urlOf({ url }: Route, head: HttpRequestHead | undefined): string {
  const { origin } = new URL(url);
  if (head === undefined) return `${origin}/`;
  const { pathname, search } = new URL(head.url);
  return `${origin}${pathname}${search}`;
}
