import type { Context, ErrorHandler } from "hono";
import { MeshError } from "../../mesh/errors.ts";
import type { Log } from "../../mesh/log.ts";
import { PROBLEM_TYPE, toProblem } from "../../mesh/problem.ts";
import { ConfigError } from "../config/config-error.ts";
import { errorHeaders } from "../problem.ts";
import { requestFacts } from "../request-facts.ts";

/** Nothing here may be kept by anybody on the way. */
const PRIVATE = { "Cache-Control": "no-store" } as const;

/** An answer of JSON, with the tag of the text that it is about. */
export function answer(c: Context, body: unknown, etag?: string): Response {
  return c.json(body, 200, { ...PRIVATE, ...(etag !== undefined && { ETag: `"${etag}"` }) });
}

/** Answers what went wrong as a problem document; what keeps a configuration from being used as its `findings`. */
export function adminProblem(log: Log): ErrorHandler {
  return (thrown, c) => {
    const facts = requestFacts(c.req.raw.headers);
    const error = toMeshError(thrown);
    if (error.code === "internal") log.error("a request failed unexpectedly", { error: thrown, path: c.req.path });
    const findings = thrown instanceof ConfigError && { findings: thrown.problems };
    const problem = { ...toProblem(error, { callId: facts.callId, traceId: facts.trace.traceId }), ...findings };
    const headers = { "Content-Type": PROBLEM_TYPE, ...PRIVATE, ...errorHeaders(error, error.status, facts) };
    return new Response(JSON.stringify(problem), { status: error.status, headers });
  };
}

/** What was thrown, for those who asked. */
export function toMeshError(thrown: unknown): MeshError {
  if (!(thrown instanceof ConfigError)) return MeshError.from(thrown);
  const [first, ...more] = thrown.problems;
  const place = first === undefined || first.path === "" ? "" : `${first.path}: `;
  const rest = more.length === 0 ? "" : ` (and ${more.length} more)`;
  return new MeshError("invalid_request", `the configuration cannot be used: ${place}${first?.message ?? ""}${rest}`);
}
