import type { Command } from "commander";
import { ConfigError } from "../gateway/config/config-error.ts";
import { MeshError } from "../mesh/errors.ts";
import { Failure, USAGE } from "./failure.ts";
import { createProgram } from "./program.ts";
import { systemErrorText } from "./system-error.ts";

// Whoever read our output went away (`fmesh … | head`): that is no error of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

const program = createProgram();
exitBy(program);

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`fmesh: ${describe(error)}\n`);
  process.exit(error instanceof Failure ? error.exitCode : 1);
}

/** Wrong usage ends with 2, so that 1 can be a command's own answer. */
function exitBy(command: Command): void {
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : USAGE));
  for (const child of command.commands) exitBy(child);
}

/** What a person can mend is said in its own words; anything else is a fault of ours and shows where it comes from. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isExpected = error instanceof Failure || error instanceof ConfigError || error instanceof MeshError;
  const text = isExpected ? error.message : systemErrorText(error);
  return program.opts()["debug"] === true ? (error.stack ?? error.message) : (text ?? error.stack ?? error.message);
}
