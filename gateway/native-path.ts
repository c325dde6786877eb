import { CALL_HEADERS, JSON_TYPE, type Reply } from "../mesh/call.ts";
import { MeshError } from "../mesh/errors.ts";
import type { CallPath } from "./call-path.ts";
import { httpResponse } from "./http-response.ts";
import { problemResponse } from "./problem.ts";
import { type RequestFacts, answerHeaders } from "./request-facts.ts";
import { ruleParams } from "./rule-params.ts";
import { streamResponse } from "./stream-response.ts";
import { TIMEOUT_HEADER, timeoutFromHeader } from "./timeout.ts";

/** Visible ASCII, spaces and tabs: what every HTTP server and client agrees on (RFC 9110, 5.5). */
const HEADER_TEXT = /^[\t\x20-\x7e]*$/;

/**
 * The native call path: the body is the params and the response is the result, in any content type. The bytes go
 * through untouched, and are parsed only if the rule looks at them.
 */
export const nativePath: CallPath = {
  route: "/v1/call/:project/:service/:function",
  methods: ["POST"],
  holdsBody: "for rules",

  read({ headers }, { payload, stream }, { limits }) {
    const contentType = headers.get(CALL_HEADERS.contentType) ?? JSON_TYPE;
    return {
      timeoutMs: timeoutFromHeader(headers.get(TIMEOUT_HEADER), limits),
      idempotencyKey: headers.get(CALL_HEADERS.idempotencyKey) ?? undefined,
      contentType,
      payload,
      stream,
      params: () => ruleParams({ contentType, payload }),
    };
  },

  succeed: nativeResponse,
  fail: problemResponse,
};

function nativeResponse(reply: Reply, facts: RequestFacts, request: Request): Response {
  const { contentType, payload, stream, httpHead } = reply;
  if (httpHead !== undefined) return httpResponse(reply, { httpHead, facts, method: request.method });
  if (!HEADER_TEXT.test(contentType)) {
    throw new MeshError("bad_reply", "the function's content type holds characters that no header may hold");
  }
  if (stream !== undefined) return streamResponse({ ...reply, stream }, facts, request.headers.get("Accept"));
  if (payload.length === 0) {
    const { "Content-Type": _none, ...headers } = answerHeaders(facts, contentType);
    return new Response(null, { status: 204, headers });
  }
  // The broker hands over bytes in an ordinary buffer; the type would allow a shared one.
  return new Response(payload as Uint8Array<ArrayBuffer>, { headers: answerHeaders(facts, contentType) });
}
