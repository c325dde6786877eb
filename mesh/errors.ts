/**
 * What can go wrong with a call, as a closed union of codes, and the one table that says what each code means.
 *
 * Codes are stable: they stand in problem documents (RFC 9457), on the wire between worker and gateway, and in
 * the typed client. The texts may change.
 */
export const ERROR_CODES = {
  unauthenticated: { status: 401, retrySafe: false, title: "The token is missing or not valid" },
  forbidden: { status: 403, retrySafe: false, title: "The rule of this function refuses the call" },
  function_not_found: { status: 404, retrySafe: false, title: "There is no such function" },
  invalid_request: { status: 400, retrySafe: false, title: "The request is not valid" },
  payload_too_large: { status: 413, retrySafe: false, title: "The body is too large" },
  rate_limited: { status: 429, retrySafe: true, title: "Too many requests" },
  overloaded: { status: 503, retrySafe: true, title: "The worker's queue is full" },
  worker_unavailable: { status: 503, retrySafe: true, title: "No worker serves this function at the moment" },
  broker_unavailable: { status: 503, retrySafe: true, title: "The broker cannot be reached at the moment" },
  deadline_exceeded: { status: 504, retrySafe: false, title: "The call ran out of time; its outcome is unknown" },
  cancelled: { status: 499, retrySafe: false, title: "The caller went away before the answer" },
  function_failed: { status: 500, retrySafe: false, title: "The function failed" },
  bad_reply: { status: 502, retrySafe: false, title: "The worker's reply could not be understood" },
  internal: { status: 500, retrySafe: false, title: "Internal error" },
} as const satisfies Record<string, { status: number; retrySafe: boolean; title: string }>;

/** One of the stable error codes. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** One finding about a request: where it is wrong and why. */
export interface Issue {
  /** Path into the value, outermost first: `["items", 3, "price"]`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What a {@link MeshError} may carry besides its code and text. */
export interface MeshErrorOptions {
  /** HTTP status, where the function chose one. Default: the code's own. */
  readonly status?: number;
  /** The function's own word for what happened, `out_of_stock`. Only with `function_failed`. */
  readonly reason?: string;
  /** JSON the function attached for its caller. Only with `function_failed`. */
  readonly data?: unknown;
  /** Every problem found, for `invalid_request`. */
  readonly issues?: readonly Issue[];
  /** When trying again is sensible, in seconds. Becomes `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** The hidden reason: logged, never sent to a caller. */
  readonly cause?: unknown;
}

/**
 * An error a caller may see. `message` is public text and must hold no secret; what is hidden goes into `cause`.
 *
 * @example throw new MeshError("invalid_request", `service name "a.b" holds a dot; use letters, digits, _ and -`)
 */
export class MeshError extends Error {
  override readonly name = "MeshError";
  readonly code: ErrorCode;
  readonly status: number;
  readonly reason: string | undefined;
  readonly data: unknown;
  readonly issues: readonly Issue[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, options: MeshErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status ?? ERROR_CODES[code].status;
    this.reason = options.reason;
    this.data = options.data;
    this.issues = options.issues;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  /** Whether the same call may be sent again without the danger of running twice. */
  get retrySafe(): boolean {
    return ERROR_CODES[this.code].retrySafe;
  }

  /** The error as it is, or `internal` with the original as its hidden cause. */
  static from(error: unknown): MeshError {
    return error instanceof MeshError
      ? error
      : new MeshError("internal", "something went wrong on our side; the log has the details", { cause: error });
  }
}

/** Whether a string is one of the codes: for codes that arrive over the wire. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_CODES, text);
}
