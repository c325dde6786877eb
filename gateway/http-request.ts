import { CALL_HEADERS } from "../mesh/call.ts";
import { MeshError } from "../mesh/errors.ts";
import { encodeHead, endToEnd } from "../mesh/http.ts";
import type { TakenBody } from "./body.ts";
import type { CallPath } from "./call-path.ts";
import type { RequestedCall } from "./dispatch.ts";
import { httpResponse } from "./http-response.ts";
import { decodedQuery, toServicePath } from "./http-url.ts";
import { nativePath } from "./native-path.ts";
import type { Limits } from "./policy.ts";
import { TIMEOUT_HEADER, timeoutFromHeader } from "./timeout.ts";

/** Methods that speak to proxies rather than to what is behind them; the Fetch standard knows no such requests. */
const FORBIDDEN_METHODS = new Set(["CONNECT", "TRACE", "TRACK"]);

/** What a request's fields say about the way here and not about the request; the gateway knows it better. */
const OWN_FIELDS = ["host", "x-forwarded-prefix"];

/** How a request becomes one to a service. */
export interface HttpCallOptions {
  readonly limits: Limits;
  /** Whether the rule asks for no token, so that one in the request is for the service. */
  readonly isOpen: boolean;
  /** What stands in front of the path that the service sees; without it the service sees the whole path. */
  readonly prefix?: RegExp;
}

/**
 * The call of a fetch handler with a request, whose `{ method, path, query }` are the params that rules see.
 * @throws MeshError `invalid_request` when the request cannot travel.
 */
export function readHttpCall(
  request: Request,
  { payload, stream }: TakenBody,
  options: HttpCallOptions,
): RequestedCall {
  const { limits, isOpen } = options;
  const { headers, method } = request;
  refuseWhatCannotTravel(request);
  const url = new URL(request.url);
  const prefix = options.prefix?.exec(url.pathname)?.[0] ?? "";
  const { path, decoded } = toServicePath(url.pathname.slice(prefix.length) || "/");
  const fields = endToEnd(headers, isOpen ? OWN_FIELDS : [...OWN_FIELDS, "authorization"]);
  fields.push(["host", url.host]);
  if (prefix !== "") fields.push(["x-forwarded-prefix", decodeURIComponent(prefix)]);
  return {
    timeoutMs: timeoutFromHeader(headers.get(TIMEOUT_HEADER), limits),
    idempotencyKey: headers.get(CALL_HEADERS.idempotencyKey) ?? undefined,
    contentType: headers.get(CALL_HEADERS.contentType) ?? "application/octet-stream",
    payload,
    stream,
    httpHead: encodeHead({ method, url: `${url.origin}${path}${url.search}`, headers: fields }),
    params: () => ({ method, path: decoded(), query: decodedQuery(url) }),
  };
}

/** The response of a fetch handler. */
export const succeedHttpCall: CallPath["succeed"] = (reply, facts, request, policy) => {
  const { httpHead } = reply;
  // A function that happens to be named like that, in whatever language, answers as functions do.
  return httpHead === undefined
    ? nativePath.succeed(reply, facts, request, policy)
    : httpResponse(reply, { httpHead, facts, method: request.method });
};

/** @throws MeshError `invalid_request` for what a call has no words for. */
function refuseWhatCannotTravel({ method, headers }: Request): void {
  if (FORBIDDEN_METHODS.has(method)) {
    throw new MeshError("invalid_request", `services take no ${method} requests`, { status: 405 });
  }
  // Any other protocol is an offer, which a server may leave unanswered (RFC 9110, 7.8).
  if (/\bwebsocket\b/i.test(headers.get("Upgrade") ?? "")) {
    const text = "the mesh carries no WebSockets; stream the answer, as server-sent events for example";
    throw new MeshError("invalid_request", text, { status: 501 });
  }
}
