import { Command } from "commander";
import { buildBaseCommand } from "./base-build.ts";
import { listBasesCommand } from "./base-list.ts";

/** `fmesh base`: what functions' images stand on. */
export function baseCommand(): Command {
  return new Command("base")
    .summary("make the images that functions stand on")
    .description(
      "Makes and shows base images: a runtime, the C library that it needs, and nothing else. A builder makes one of its own " +
        "machine's files when none is named; these commands are for those that are to be the same everywhere.",
    )
    .addHelpText(
      "after",
      `
Examples:
  fmesh base build
  fmesh base list

Exit codes: 0 done; 1 it could not be made, or the registry refused; 2 wrong usage.`,
    )
    .addCommand(buildBaseCommand())
    .addCommand(listBasesCommand());
}
