import { MeshError } from "../../mesh/errors.ts";
import { PROBLEM_TYPE } from "../../mesh/problem.ts";
import { mediaType } from "../../mesh/payload.ts";

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

/** A route that did not answer, or not for the function. */
export interface RouteFailure {
  /** Whether the function may have run. */
  readonly mayHaveRun: boolean;
  readonly error: MeshError;
  /** What was answered all the same. */
  readonly response?: Response;
}

/** What it means that a request was not answered. */
export function failureOf(thrown: unknown, label: string): RouteFailure {
  if (thrown instanceof MeshError) return { mayHaveRun: true, error: thrown };
  const { code } = thrown as { readonly code?: unknown };
  if (NOT_CONNECTED.has(code)) {
    const text = `function "${label}" cannot be reached at the moment`;
    const options = { retryAfterSeconds: 2, cause: thrown };
    return { mayHaveRun: false, error: new MeshError("worker_unavailable", text, options) };
  }
  const text = `the connection to function "${label}" broke off; whether the call had an effect is not known`;
  return { mayHaveRun: true, error: new MeshError("bad_reply", text, { cause: thrown }) };
}

/** The response, or what it means when it comes from somebody on the way rather than from the function. */
export function unlessOnTheWay(response: Response, label: string): Response | RouteFailure {
  const { status, headers } = response;
  if (!OF_PROXIES.has(status) || mediaType(headers.get("Content-Type") ?? "") === PROBLEM_TYPE) return response;
  const retryAfter = Number(headers.get("Retry-After") ?? Number.NaN);
  const text = `what is in front of function "${label}" answered with status ${status}; whether the call had an effect is not known`;
  const options = { status, ...(retryAfter >= 0 && { retryAfterSeconds: retryAfter }) };
  return { mayHaveRun: true, error: new MeshError("bad_reply", text, options), response };
}
