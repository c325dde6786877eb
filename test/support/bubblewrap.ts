import { accessSync, constants } from "node:fs";

/** Where Debian has it. */
const PROGRAM = "/usr/bin/bwrap";

/** The path of `bwrap`, by which functions are kept apart from the machine. */
export function bubblewrap(): string {
  try {
    accessSync(PROGRAM, constants.X_OK);
    return PROGRAM;
  } catch (cause) {
    throw new Error("bubblewrap is not installed; run: apt-get install --no-install-recommends bubblewrap", { cause });
  }
}
