import type { MeshError } from "../../mesh/errors.ts";
import { PROBLEM_TYPE, toProblem } from "../../mesh/problem.ts";
import type { RequestContext } from "./operation.ts";

/** An error as a problem document (RFC 9457). */
export function problemResponse(error: MeshError, { callId, trace: { traceId } }: RequestContext): Response {
  const { retryAfterSeconds, status } = error;
  return new Response(JSON.stringify(toProblem(error, { callId, traceId })), {
    status,
    headers: {
      "Content-Type": PROBLEM_TYPE,
      ...(retryAfterSeconds !== undefined && { "Retry-After": String(Math.ceil(retryAfterSeconds)) }),
    },
  });
}
