import type { Problem } from "../../mesh/problem.ts";

/** Media type of an error document (RFC 9457). */
const PROBLEM_TYPE = "application/problem+json";

/** What went wrong with a request, as its answer says it. Members beyond the standard ones are kept. */
export type ProblemDocument = Problem & Readonly<Record<string, unknown>>;

/** No answer came at all: the status of a {@link ProblemError} that no server sent. */
export const NO_ANSWER = 0;

const TRANSIENT_STATUS: ReadonlySet<number> = new Set([NO_ANSWER, 429, 502, 503, 504]);

/** A request that failed. `message` is the problem's detail, fit to be shown. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: ProblemDocument;
  /** When the server says that trying again is sensible. */
  readonly retryAfterSeconds: number | undefined;

  constructor(problem: ProblemDocument, options: { retryAfterSeconds?: number | undefined; cause?: unknown } = {}) {
    super(problem.detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.problem = problem;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  /** HTTP status; {@link NO_ANSWER} when nothing answered. */
  get status(): number {
    return this.problem.status;
  }

  /** The stable word for it, `forbidden`. */
  get code(): string {
    return this.problem.code;
  }

  get traceId(): string | undefined {
    return this.problem.traceId;
  }

  /** Whether it may pass by itself, so that asking again is worth it. */
  get isTransient(): boolean {
    return TRANSIENT_STATUS.has(this.status);
  }

  /** Whatever was thrown, as something that can be shown. */
  static from(error: unknown): ProblemError {
    if (error instanceof ProblemError) return error;
    const detail = error instanceof Error ? error.message : String(error);
    return new ProblemError(
      { type: "about:blank", title: "Something went wrong in the console", status: 500, code: "console", detail },
      { cause: error },
    );
  }

  /** For a request that never got an answer. */
  static noAnswer(cause: unknown): ProblemError {
    return new ProblemError(
      {
        type: "about:blank",
        title: "No answer",
        status: NO_ANSWER,
        code: "no_answer",
        detail: "the gateway does not answer; check that it runs, and the network between",
      },
      { cause },
    );
  }
}

/** What an answer that is no success says, whether it is a problem document or not. */
export async function readProblem(response: Response): Promise<ProblemError> {
  const text = await response.text();
  const retryAfter = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  const retryAfterSeconds = Number.isNaN(retryAfter) ? undefined : retryAfter;
  const isProblem = response.headers.get("Content-Type")?.startsWith(PROBLEM_TYPE) === true;
  const members = isProblem ? parseObject(text) : undefined;
  const title = response.statusText === "" ? `Status ${response.status}` : response.statusText;
  const problem: ProblemDocument = {
    type: "about:blank",
    title,
    code: `http_${response.status}`,
    detail: text.trim() !== "" && !isProblem && text.length < 500 ? text.trim() : `the gateway answered ${title}`,
    ...members,
    status: response.status,
  };
  return new ProblemError(problem, { retryAfterSeconds });
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    // Cut off on the way: the status still tells something.
    return undefined;
  }
}
