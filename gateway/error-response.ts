import type { Context, ErrorHandler } from "hono";
import { MeshError } from "../mesh/errors.ts";
import type { Log } from "../mesh/log.ts";
import { problemResponse } from "./problem.ts";
import { requestFacts } from "./request-facts.ts";
import { spaceCloudError } from "./space-cloud/answer.ts";
import { isClientPath } from "./space-cloud/client-path.ts";

/** What went wrong outside of calls, in the words of those who ask at the request's path. */
export function errorResponse(c: Context, error: MeshError): Response {
  const facts = requestFacts(c.req.raw.headers);
  return isClientPath(c.req.path) ? spaceCloudError(error, error.status, facts) : problemResponse(error, facts);
}

/** Answers what nobody has foreseen, and has it logged. */
export function unexpected(log: Log): ErrorHandler {
  return (error, c) => {
    log.error("a request failed unexpectedly", { error, path: c.req.path });
    return errorResponse(c, MeshError.from(error));
  };
}
