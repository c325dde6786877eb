import { CALL_HEADERS } from "../mesh/call.ts";
import { MeshError } from "../mesh/errors.ts";
import { FETCH_FUNCTION, encodeHead, endToEnd } from "../mesh/http.ts";
import type { CallPath } from "./call-path.ts";
import { httpResponse } from "./http-response.ts";
import { nativePath } from "./native-path.ts";
import { problemResponse } from "./problem.ts";
import { TIMEOUT_HEADER, timeoutFromHeader } from "./timeout.ts";

/** `/v1/http/{project}/{service}` and what is behind it, as it was written. */
const PREFIX = /^\/v1\/http\/[^/]+\/[^/]+/;

/** What no two readers of a path agree on once it is decoded: where a segment ends, and which one is meant. */
const AMBIGUOUS = /%(2f|5c|00)|\\|\/\/|\/(\.|%2e){1,2}(\/|$)/i;

/**
 * The path of services that are fetch handlers: the request goes to them as it is, but for its path, which begins behind
 * the service's name, and for the token that the rule has asked for. Rules see `{ method, path, query }` as the params.
 */
export const httpPath: CallPath = {
  route: "/v1/http/:project/:service/*",
  // HEAD is routed as GET is.
  methods: ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
  function: FETCH_FUNCTION,
  holdsBody: "never",

  read(request, { payload, stream }, { limits, isOpen }) {
    const { headers, method } = request;
    const url = new URL(request.url);
    const prefix = PREFIX.exec(url.pathname)?.[0] ?? "";
    const path = url.pathname.slice(prefix.length) || "/";
    const fields = endToEnd(headers, isOpen ? [] : ["authorization"]);
    return {
      timeoutMs: timeoutFromHeader(headers.get(TIMEOUT_HEADER), limits),
      idempotencyKey: headers.get(CALL_HEADERS.idempotencyKey) ?? undefined,
      contentType: headers.get(CALL_HEADERS.contentType) ?? "application/octet-stream",
      payload,
      stream,
      httpHead: encodeHead({
        method,
        url: `${url.origin}${path}${url.search}`,
        headers: [...fields, ["x-forwarded-prefix", prefix]],
      }),
      params: () => ({ method, path: decodedPath(path), query: Object.fromEntries(url.searchParams) }),
    };
  },

  succeed(reply, facts, request) {
    const { httpHead } = reply;
    // A function that happens to be named like that, in whatever language, answers as functions do.
    return httpHead === undefined ? nativePath.succeed(reply, facts, request) : httpResponse(reply, httpHead, facts);
  },
  fail: problemResponse,
};

/** @throws MeshError `invalid_request` for a path that the service might read otherwise than the rule. */
function decodedPath(path: string): string {
  try {
    if (!AMBIGUOUS.test(path)) return decodeURIComponent(path);
  } catch {
    // Falls through to the same answer: escapes that are no UTF-8.
  }
  throw new MeshError(
    "invalid_request",
    `the path ${JSON.stringify(path.slice(0, 80))} can be read in more than one way`,
  );
}
