import { MeshError } from "./errors.ts";

/** Nobody answered in time. A worker that says `deadline_exceeded` of itself has answered, so that this is another thing than the code. */
export class NoAnswer extends MeshError {
  /** @param timeoutMs how long was waited, in milliseconds, as whoever waited sees it. */
  constructor(timeoutMs: number, options?: { readonly cause: unknown }) {
    super(
      "deadline_exceeded",
      `no answer within ${timeoutMs} ms; whether the call had an effect is not known`,
      options,
    );
  }
}
