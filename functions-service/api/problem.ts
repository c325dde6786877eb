import { MeshError } from "../../mesh/errors.ts";
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

/** What went wrong with a request, as the caller is to hear it; what is kept from the caller is logged. */
export function refusal(
  thrown: unknown,
  context: RequestContext,
  { method, path }: { readonly method: string; readonly path: string },
): Response {
  const error = MeshError.from(thrown);
  if (error.status >= 500 && error.cause !== undefined) {
    context.log.error("a request failed", { error: thrown, method, path });
  }
  return problemResponse(error, context);
}
