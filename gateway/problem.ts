import type { MeshError } from "../mesh/errors.ts";
import { PROBLEM_TYPE, toProblem } from "../mesh/problem.ts";
import { type RequestFacts, answerHeaders } from "./request-facts.ts";

/** The answer to a call that failed: a problem document (RFC 9457) with the headers its status asks for. */
export function problemResponse(error: MeshError, facts: RequestFacts): Response {
  const { callId, trace } = facts;
  const headers = { ...answerHeaders(facts, PROBLEM_TYPE), ...errorHeaders(error, error.status, facts) };
  return new Response(JSON.stringify(toProblem(error, { callId, traceId: trace.traceId })), {
    status: error.status,
    headers,
  });
}

/** Headers of an error: a name to ask about it by, and `WWW-Authenticate` (RFC 6750) and `Retry-After` where they belong. */
export function errorHeaders(
  { retryAfterSeconds }: MeshError,
  status: number,
  { requestId }: RequestFacts,
): Record<string, string> {
  return {
    "X-Request-Id": requestId,
    ...(status === 401 && { "WWW-Authenticate": `Bearer realm="functions-mesh", error="invalid_token"` }),
    ...(retryAfterSeconds !== undefined && { "Retry-After": String(Math.ceil(retryAfterSeconds)) }),
  };
}
