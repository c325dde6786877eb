import { Command } from "commander";
import { checkCommand } from "./rules-check.ts";
import { explainCommand } from "./rules-explain.ts";
import { testCommand } from "./rules-test.ts";

/** `fmesh rules`: what the rules of a configuration decide, and why. Asks nobody and needs no running mesh. */
export function rulesCommand(): Command {
  const rules = new Command("rules")
    .summary("explain, test and check the rules of a configuration")
    .description("Explains, tests and checks the rules of a configuration. Asks nobody and needs no running mesh.")
    .addHelpText(
      "after",
      `
Examples:
  fmesh rules explain arithmetic.sum
  fmesh rules test rules.test.yaml
  fmesh rules check

Exit codes: 0 fine; 1 refused, a failed case or a finding; 2 wrong usage or configuration.`,
    );
  for (const command of [explainCommand(), testCommand(), checkCommand()]) rules.addCommand(command);
  return rules;
}
