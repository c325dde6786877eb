import { pause } from "../../../mesh/pause.ts";
import type { Front } from "./front.ts";
import { ApiError, failure } from "./status.ts";

/** An answer that comes instead of the real one. */
export interface WrongAnswer {
  /** For requests that match `METHOD /path?query`; default all. */
  readonly on?: RegExp;
  /** How often; default once. */
  readonly times?: number;
  /** 429, 500, 503 …; `hang`: none at all; `cut`: all connections break instead. */
  readonly status: number | "hang" | "cut";
  /** Default: what a server says with that status. */
  readonly message?: string;
  /** Seconds, for `Retry-After`. */
  readonly retryAfter?: number;
  /** Whether the request is done nevertheless, and only its answer is lost. Default no. */
  readonly isDone?: boolean;
}

/** What goes wrong with the API server; everything can be put right again. */
export class Faults {
  /** Before every answer. */
  delayMs = 0;
  readonly #front: Front;
  #wrong: (WrongAnswer & { left: number })[] = [];

  constructor(front: Front) {
    this.#front = front;
  }

  /** Nobody listens any more; all connections are gone. */
  async down(): Promise<void> {
    await this.#front.close();
  }

  /** Somebody listens again, at the same port. */
  async up(): Promise<void> {
    await this.#front.listen();
  }

  /** Breaks all connections that there are, in the middle of whatever they carry. */
  cut(): void {
    this.#front.cut();
  }

  answer(wrong: WrongAnswer): void {
    this.#wrong.push({ ...wrong, left: wrong.times ?? 1 });
  }

  /** All is well again, but for {@link down}. */
  clear(): void {
    this.delayMs = 0;
    this.#wrong = [];
  }

  /** Answers a request, or lets it go wrong. */
  async around(request: Request, answer: () => Promise<Response>): Promise<Response> {
    if (this.delayMs > 0) await pause(this.delayMs, request.signal);
    const { pathname, search } = new URL(request.url);
    const line = `${request.method} ${pathname}${search}`;
    const wrong = this.#wrong.find(({ on, left }) => left > 0 && (on?.test(line) ?? true));
    if (wrong === undefined) return answer();
    wrong.left -= 1;
    if (wrong.isDone === true) await answer();
    const { status } = wrong;
    if (status === "hang" || status === "cut") {
      if (status === "cut") this.cut();
      return new Promise(() => undefined);
    }
    throw withRetryAfter(wrongStatus(status, wrong.message), wrong.retryAfter);
  }
}

function wrongStatus(status: number, message: string | undefined): ApiError {
  if (message !== undefined) return failure(status, status === 403 ? "Forbidden" : undefined, message);
  if (status === 401) return failure(401, "Unauthorized", "Unauthorized");
  if (status === 429) return failure(429, "TooManyRequests", "Too many requests, please try again later.");
  if (status === 503) return failure(503, "ServiceUnavailable", "the server is currently unable to handle the request");
  return failure(status, "InternalError", "Internal error occurred: etcdserver: request timed out");
}

function withRetryAfter(error: ApiError, seconds: number | undefined): ApiError {
  return seconds === undefined ? error : new ApiError(error.status, { "retry-after": String(seconds) });
}
