/** What kind of thing went wrong with a build. */
export type BuildErrorCode =
  /** The handler cannot be read, or exports no function. */
  | "handler_invalid"
  /** A dependency's name or version is not what may stand there. */
  | "dependency_invalid"
  /** The dependencies could not be installed. */
  | "dependencies_failed"
  /** Something needs what a function's image does not have. */
  | "unsupported"
  /** More bytes than are allowed. */
  | "too_large"
  | "out_of_time"
  | "out_of_memory"
  /** A step of the build failed for a reason of its own. */
  | "failed";

/** Where in a source something is wrong. */
export interface SourcePlace {
  /** As its author knows it: `handler.ts`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** What a {@link BuildError} may know besides its code and text. */
export interface BuildErrorOptions {
  readonly place?: SourcePlace | undefined;
  /** The lines around the place, with a mark below it. */
  readonly frame?: string | undefined;
  readonly cause?: unknown;
}

/** A function cannot be built. Says what is wrong, with what, and what to do; its author reads it in the build's log. */
export class BuildError extends Error {
  override readonly name = "BuildError";
  readonly code: BuildErrorCode;
  readonly place: SourcePlace | undefined;
  readonly frame: string | undefined;

  constructor(code: BuildErrorCode, message: string, { place, frame, cause }: BuildErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.place = place;
    this.frame = frame;
  }
}
