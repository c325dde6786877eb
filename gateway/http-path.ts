import { CALL_HEADERS } from "../mesh/call.ts";
import { MeshError } from "../mesh/errors.ts";
import { FETCH_FUNCTION, encodeHead, endToEnd } from "../mesh/http.ts";
import type { CallPath } from "./call-path.ts";
import { httpResponse } from "./http-response.ts";
import { decodedQuery, toServicePath } from "./http-url.ts";
import { nativePath } from "./native-path.ts";
import { problemResponse } from "./problem.ts";
import { TIMEOUT_HEADER, timeoutFromHeader } from "./timeout.ts";

/** `/v1/http/{project}/{service}`, however it was escaped: the names in it hold no slash. */
const PREFIX = /^(?:\/[^/]+){4}/;

/** Methods that speak to proxies rather than to what is behind them; the Fetch standard knows no such requests. */
const FORBIDDEN_METHODS = new Set(["CONNECT", "TRACE", "TRACK"]);

/** What a request's fields say about the way here and not about the request; the gateway knows it better. */
const OWN_FIELDS = ["host", "x-forwarded-prefix"];

/**
 * The path of services that are fetch handlers: the request goes to them as it is, but for its path, which begins behind
 * the service's name, and for the token that the rule has asked for. Rules see `{ method, path, query }` as the params.
 */
export const httpPath: CallPath = {
  route: "/v1/http/:project/:service/*",
  methods: ["ALL"],
  function: FETCH_FUNCTION,
  holdsBody: "never",

  read(request, { payload, stream }, { limits, isOpen }) {
    const { headers, method } = request;
    refuseWhatCannotTravel(request);
    const url = new URL(request.url);
    const prefix = PREFIX.exec(url.pathname)?.[0] ?? "";
    const { path, decoded } = toServicePath(url.pathname.slice(prefix.length) || "/");
    const fields = endToEnd(headers, isOpen ? OWN_FIELDS : [...OWN_FIELDS, "authorization"]);
    return {
      timeoutMs: timeoutFromHeader(headers.get(TIMEOUT_HEADER), limits),
      idempotencyKey: headers.get(CALL_HEADERS.idempotencyKey) ?? undefined,
      contentType: headers.get(CALL_HEADERS.contentType) ?? "application/octet-stream",
      payload,
      stream,
      httpHead: encodeHead({
        method,
        url: `${url.origin}${path}${url.search}`,
        headers: [...fields, ["host", url.host], ["x-forwarded-prefix", decodeURIComponent(prefix)]],
      }),
      params: () => ({ method, path: decoded(), query: decodedQuery(url) }),
    };
  },

  succeed(reply, facts, request) {
    const { httpHead } = reply;
    // A function that happens to be named like that, in whatever language, answers as functions do.
    return httpHead === undefined
      ? nativePath.succeed(reply, facts, request)
      : httpResponse(reply, { httpHead, facts, method: request.method });
  },
  fail: problemResponse,
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
