/** What kind of thing went wrong with a registry. */
export type RegistryErrorCode =
  /** It cannot be reached, or broke off. */
  | "unavailable"
  /** It wants other credentials, or any. */
  | "unauthenticated"
  /** These credentials may not do that. */
  | "forbidden"
  | "not_found"
  /** It has too much to do; `retryAfterSeconds` may tell when it has time. */
  | "rate_limited"
  /** Content is not what its digest or length says. */
  | "digest_mismatch"
  /** No room, there or here. */
  | "full"
  /** It refuses what it was sent, or answers what no registry should. */
  | "refused"
  /** A certificate that nobody here trusts. */
  | "untrusted";

/** Something went wrong with a registry; says what, to which thing, and what to do. Holds no credentials. */
export class RegistryError extends Error {
  override readonly name = "RegistryError";
  readonly code: RegistryErrorCode;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: RegistryErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly retryAfterSeconds?: number } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
