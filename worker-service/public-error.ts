import { MeshError, type MeshErrorOptions } from "../mesh/errors.ts";

/** What a {@link PublicError} may say besides its text. */
export type PublicErrorOptions = Pick<MeshErrorOptions, "status" | "reason" | "data" | "cause">;

/**
 * An error whose text the caller may read. Any other error thrown by a handler reaches the caller as `function_failed`
 * without its text.
 *
 * @example throw new PublicError("only 3 left", { status: 409, reason: "out_of_stock", data: { left: 3 } })
 */
export class PublicError extends MeshError {
  /** @throws TypeError when `status` is not an HTTP error status (400–599). Default: 500. */
  constructor(message: string, options: PublicErrorOptions = {}) {
    const { status } = options;
    if (status !== undefined && !(Number.isInteger(status) && status >= 400 && status <= 599)) {
      throw new TypeError(`the status of a PublicError must be 400 to 599, not ${status}`);
    }
    super("function_failed", message, options);
  }
}
