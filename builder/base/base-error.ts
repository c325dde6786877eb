/** What kind of thing keeps a base from being made or read. */
export type BaseErrorCode =
  /** The runtime's program or library is not where it is looked for. */
  | "runtime_missing"
  /** A shared library that a program needs is not there. */
  | "library_missing"
  /** No program for Linux, or for another processor. */
  | "wrong_program"
  /** A package cannot be unpacked. */
  | "package_unreadable"
  /** What a registry has under this name is no base. */
  | "not_a_base";

/** A base image cannot be made or read; says why, and what to do. */
export class BaseError extends Error {
  override readonly name = "BaseError";
  readonly code: BaseErrorCode;

  constructor(code: BaseErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
  }
}
