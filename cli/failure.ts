/** Exit code for wrong usage, and for configurations that cannot be read where 1 is an answer. */
export const USAGE = 2;

/** Something a person at the terminal can mend: shown as one line, without a stack. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly exitCode: number;

  constructor(message: string, options: { exitCode?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.exitCode = options.exitCode ?? 1;
  }
}
