import { ERROR_CODES, type Issue, MeshError, isErrorCode } from "./errors.ts";

/** Media type of an error document (RFC 9457). */
export const PROBLEM_TYPE = "application/problem+json";

const TYPE_BASE = "https://functionsmesh.dev/problems/";

/** A problem document (RFC 9457) with our extension members. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  /** URN of the call that failed: `urn:fmesh:call:<id>`. */
  readonly instance?: string;
  readonly traceId?: string;
  readonly reason?: string;
  readonly data?: unknown;
  readonly errors?: readonly Issue[];
}

/** The public face of an error, as sent to callers and from worker to gateway. Never holds the cause. */
export function toProblem(error: MeshError, about: { callId?: string; traceId?: string } = {}): Problem {
  return {
    type: TYPE_BASE + error.code,
    title: ERROR_CODES[error.code].title,
    status: error.status,
    detail: error.message,
    code: error.code,
    ...(about.callId !== undefined && { instance: `urn:fmesh:call:${about.callId}` }),
    ...(about.traceId !== undefined && { traceId: about.traceId }),
    ...(error.reason !== undefined && { reason: error.reason }),
    ...(error.data !== undefined && { data: error.data }),
    ...(error.issues !== undefined && { errors: error.issues }),
  };
}

/**
 * Reads an error that came as a reply. Anything that is not a problem document of ours becomes `function_failed`
 * with the sender's own description and status, so that workers in any language are understood.
 */
export function fromProblem(text: string, fallback: { description: string; status: number }): MeshError {
  const problem = parseProblem(text);
  if (problem === undefined) {
    const { description, status } = fallback;
    const isPlausible = Number.isInteger(status) && status >= 400 && status <= 599;
    return new MeshError("function_failed", description || "the function failed", {
      ...(isPlausible && { status }),
    });
  }
  const status = Number(problem.status);
  return new MeshError(problem.code, String(problem.detail ?? ERROR_CODES[problem.code].title), {
    ...(Number.isInteger(status) && status >= 400 && status <= 599 && { status }),
    ...(typeof problem.reason === "string" && { reason: problem.reason }),
    ...(problem.data !== undefined && { data: problem.data }),
    ...(Array.isArray(problem.errors) && { issues: problem.errors as Issue[] }),
  });
}

function parseProblem(text: string): (Partial<Problem> & { code: keyof typeof ERROR_CODES }) | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || !("code" in value)) return undefined;
  return typeof value.code === "string" && isErrorCode(value.code) ? { ...value, code: value.code } : undefined;
}
