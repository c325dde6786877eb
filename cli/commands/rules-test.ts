import { readFile } from "node:fs/promises";
import { Command } from "commander";
import * as v from "valibot";
import { chooseProject } from "../choose-project.ts";
import { parse } from "yaml";
import { type RuleCase, type RuleCaseResult, ruleCasesSchema, runRuleCases } from "../../gateway/rules/cases.ts";
import { Failure, USAGE } from "../failure.ts";
import { loadForRules, rulesSetup } from "./rules-setup.ts";

interface TestOptions {
  readonly config: string;
  readonly project?: string;
  readonly json?: true;
}

/** `fmesh rules test`: runs a file of cases against the rules. */
export function testCommand(): Command {
  return new Command("test")
    .summary("run a file of cases against the rules")
    .description("Runs a YAML file of cases, each of which says who calls what and what should come of it.")
    .argument("<file>", "the cases")
    .option("--config <path>", "configuration file, or a folder that holds fmesh.yaml", ".")
    .option("--project <id>", "project; may be left out when there is only one")
    .option("--json", "print the results as JSON")
    .addHelpText(
      "after",
      `
Examples:
  fmesh rules test rules.test.yaml
  fmesh rules test rules.test.yaml --config examples/arithmetic --json

What such a file looks like:
  - { service: arithmetic, function: sum, expect: allow }
  - { service: arithmetic, function: audit, expect: unauthenticated }
  - { service: arithmetic, function: audit, claims: { role: user }, expect: deny, because: users may not audit }
  - service: shop
    function: refund
    claims: { id: u1 }
    params: { order: 7 }
    given: { "func billing.check": true, "query main.orders": true }
    expect: allow

Exit codes: 0 all cases passed; 1 some failed; 2 wrong usage.`,
    )
    .action(async (file: string, options: TestOptions) => {
      const config = await loadForRules(options.config);
      const project = chooseProject(config, options.project);
      const setup = { services: project.services, ...rulesSetup(config, project) };
      const results = await runRuleCases(await readCases(file), setup);
      process.stdout.write(options.json === true ? `${JSON.stringify(results, undefined, 2)}\n` : render(results));
      if (results.some((result) => !result.passed)) process.exitCode = 1;
    });
}

async function readCases(file: string): Promise<readonly RuleCase[]> {
  let cases: unknown;
  try {
    cases = parse(await readFile(file, "utf8"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(`the cases in "${file}" cannot be read: ${reason}`, { exitCode: USAGE, cause: error });
  }
  const result = v.safeParse(ruleCasesSchema, cases);
  if (result.success) return result.output;
  const problems = result.issues.map((issue) => `${file}: case ${v.getDotPath(issue) ?? ""}: ${issue.message}`);
  throw new Failure(problems.join("\n"), { exitCode: USAGE });
}

function render(results: readonly RuleCaseResult[]): string {
  const lines = results.map(({ case: { service, function: name, expect, because: why }, passed, actual, because }) => {
    const about = why === undefined ? "" : ` (${why})`;
    if (passed) return `✓ ${service}.${name}: ${actual}${about}`;
    return `✗ ${service}.${name}: expected ${expect}${about}, but ${actual}: ${because}`;
  });
  const failed = results.filter((result) => !result.passed).length;
  return `${[...lines, `${results.length - failed} passed, ${failed} failed`].join("\n")}\n`;
}
