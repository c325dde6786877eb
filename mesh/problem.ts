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

/** What a reply's headers say about an error, besides its document. A number that was not given is `NaN`. */
export interface ErrorHeaders {
  readonly description: string;
  readonly status: number;
  readonly retryAfterSeconds: number;
}

/**
 * Reads an error that came as a reply. Anything that is not a problem document of ours becomes `function_failed`
 * with the sender's own status, so that workers in any language are understood; and with its description, but for a 5xx:
 * libraries put the text of whatever was thrown there, which is for the log (`cause`) and not for callers.
 */
export function fromProblem(text: string, { description, status, retryAfterSeconds }: ErrorHeaders): MeshError {
  const problem = parseProblem(text);
  const retryAfter = retryAfterSeconds >= 0 && { retryAfterSeconds };
  if (problem === undefined) {
    const isPublic = description !== "" && status < 500;
    return new MeshError("function_failed", isPublic ? description : "the function failed", {
      ...(isErrorStatus(status) && { status }),
      ...retryAfter,
      ...(!isPublic && description !== "" && { cause: new Error(description) }),
    });
  }
  const ownStatus = Number(problem.status);
  return new MeshError(problem.code, String(problem.detail ?? ERROR_CODES[problem.code].title), {
    ...(isErrorStatus(ownStatus) && { status: ownStatus }),
    ...retryAfter,
    ...(typeof problem.reason === "string" && { reason: problem.reason }),
    ...(problem.data !== undefined && { data: problem.data }),
    ...(Array.isArray(problem.errors) && { issues: problem.errors as Issue[] }),
  });
}

function isErrorStatus(status: number): boolean {
  return Number.isInteger(status) && status >= 400 && status <= 599;
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
