import { Command } from "commander";
import { configCheckCommand } from "./config-check.ts";
import { configConvertCommand } from "./config-convert.ts";

/** `fmesh config`: configuration files. */
export function configCommand(): Command {
  return new Command("config")
    .summary("check configuration files, and convert those of 2019")
    .description("Works on configuration files, away from any mesh.")
    .addHelpText(
      "after",
      `
Examples:
  fmesh config check
  fmesh config convert config.yaml

Exit codes: 0 done; 1 a configuration cannot be used or converted; 2 wrong usage.`,
    )
    .addCommand(configCheckCommand())
    .addCommand(configConvertCommand());
}
