import { type ErrorCode, MeshError } from "../../mesh/errors.ts";
import { PROBLEM_TYPE } from "../../mesh/problem.ts";
import { mediaType } from "../../mesh/payload.ts";

/** A route that did not answer, or with an error. */
export interface RouteFailure {
  /** What may be sent again: anything, when nothing can have run. */
  readonly mayRepeat: "anything" | "what is idempotent" | "nothing";
  readonly error: MeshError;
  /** What was answered all the same. */
  readonly response?: Response;
}

/** Codes of connections that never were: nothing of the call has left. */
const NOT_CONNECTED: ReadonlySet<unknown> = new Set([
  "ConnectionRefused",
  "ECONNREFUSED",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "FailedToOpenSocket",
]);

/** What proxies answer when they reach nobody, or lose whom they reached. */
const OF_PROXIES: ReadonlySet<number> = new Set([502, 503, 504]);

/** What a process says that stops or has too much to do; its handler may say it of others. */
const BUSY: ReadonlySet<ErrorCode> = new Set(["overloaded", "worker_unavailable"]);

/** What it means that a request was not answered. */
export function connectionFailure(thrown: unknown, label: string): RouteFailure {
  if (thrown instanceof MeshError) return { mayRepeat: "nothing", error: thrown };
  const { code } = thrown as { readonly code?: unknown };
  if (NOT_CONNECTED.has(code)) {
    const text = `function "${label}" cannot be reached at the moment`;
    const options = { retryAfterSeconds: 2, cause: thrown };
    return { mayRepeat: "anything", error: new MeshError("worker_unavailable", text, options) };
  }
  const text = `the connection to function "${label}" broke off; whether the call had an effect is not known`;
  return { mayRepeat: "what is idempotent", error: new MeshError("bad_reply", text, { cause: thrown }) };
}

/** What it means that somebody on the way answered; `undefined` for what is the function's own. */
export function failureOnTheWay(response: Response, label: string): RouteFailure | undefined {
  const { status, headers } = response;
  if (!OF_PROXIES.has(status) || mediaType(headers.get("Content-Type") ?? "") === PROBLEM_TYPE) return undefined;
  const retryAfter = Number(headers.get("Retry-After") ?? Number.NaN);
  const text = `what is in front of function "${label}" answered with status ${status}; whether the call had an effect is not known`;
  const options = { status, ...(retryAfter >= 0 && { retryAfterSeconds: retryAfter }) };
  return { mayRepeat: "what is idempotent", error: new MeshError("bad_reply", text, options), response };
}

/** What it means that the function answered with an error. */
export function ownFailure(error: MeshError): RouteFailure {
  return { mayRepeat: BUSY.has(error.code) ? "what is idempotent" : "nothing", error };
}
