import { Command, Option } from "commander";
import type { ProjectConfig } from "../../gateway/config.ts";
import { parseFunctionName, parseJson, parseJsonObject } from "../arguments.ts";
import { chooseProject } from "../choose-project.ts";
import { compileRule } from "../../gateway/rules/compile.ts";
import { describeRule } from "../../gateway/rules/describe.ts";
import { type Explanation, explainRule } from "../../gateway/rules/explain.ts";
import { givenDeps } from "../../gateway/rules/given.ts";
import { createRuleSelector } from "../../gateway/rules/select.ts";
import { loadForRules, rulesSetup } from "./rules-setup.ts";

interface ExplainOptions {
  readonly config: string;
  readonly project?: string;
  readonly claims?: string;
  readonly params?: string;
  readonly given: readonly string[];
  readonly json?: true;
}

/** What `fmesh rules explain` tells. */
interface Report {
  readonly function: string;
  readonly outcome: "allow" | "deny" | "unauthenticated";
  readonly because: string;
  /** The function whose rule decided: itself or a `default`. */
  readonly ruleOf?: string;
  readonly description?: string;
  readonly explanation?: Explanation;
}

/** `fmesh rules explain`: why a call would be let through or not. */
export function explainCommand(): Command {
  return new Command("explain")
    .summary("tell why a call would be let through or refused")
    .description("Evaluates the rule of a function as a call would and tells why it ends as it does.")
    .argument("<function>", "service and function, such as arithmetic.sum")
    .option("--config <path>", "configuration file, or a folder that holds fmesh.yaml", ".")
    .option("--project <id>", "project; may be left out when there is only one")
    .option("--claims <json>", "claims of the caller's token; without it the caller has none")
    .option("--params <json>", "params of the call")
    .addOption(
      new Option("--given <who>", "somebody the rule asks and who agrees; may be repeated")
        .argParser(collect)
        .default([], "nobody"),
    )
    .option("--json", "print the whole explanation as JSON")
    .addHelpText(
      "after",
      `
Examples:
  fmesh rules explain arithmetic.audit --claims '{"role":"user"}'
  fmesh rules explain site.fetch --claims '{"role":"user"}' --params '{"method":"GET","path":"/admin","query":{}}'
  fmesh rules explain shop.refund --claims '{"id":"u1"}' --params '{"order":7}' \\
    --given 'func billing.check' --given 'query main.orders' --given 'webhook https://hooks.example.com/refund'

Shows values of claims and params, at most 80 characters of each.

Exit codes: 0 allowed; 1 refused; 2 wrong usage.`,
    )
    .action(async (name: string, options: ExplainOptions) => {
      const report = await explain(name, options);
      process.stdout.write(options.json === true ? `${JSON.stringify(report, undefined, 2)}\n` : render(report));
      if (report.outcome !== "allow") process.exitCode = 1;
    });
}

async function explain(address: string, options: ExplainOptions): Promise<Report> {
  const { service, name } = parseFunctionName(address);
  const config = await loadForRules(options.config);
  const project = chooseProject(config, options.project);
  const { services } = project;
  const deps = givenDeps(Object.fromEntries(options.given.map((who) => [who, true])), rulesSetup(config, project));
  const auth = options.claims === undefined ? undefined : parseJsonObject("--claims", options.claims);
  const params = options.params === undefined ? undefined : parseJson("--params", options.params);
  const rule = createRuleSelector(services, (source) => compileRule(source, deps)).select(service, name);
  if (rule === undefined) return { function: address, outcome: "deny", because: "there is no rule for this function" };
  const about = { function: address, ruleOf: ownerOf(rule.source, services), description: describeRule(rule.source) };
  if (auth === undefined && !rule.isOpen) {
    return { ...about, outcome: "unauthenticated", because: "the rule needs a token; give --claims for one" };
  }
  const { decidedBy, ...explanation } = await explainRule(rule.source, { auth: auth ?? {}, params }, deps);
  const outcome = explanation.outcome === "passed" ? "allow" : "deny";
  return { ...about, outcome, because: decidedBy.because, explanation };
}

function render(report: Report): string {
  const lines = [`${report.function}: ${OUTCOMES[report.outcome]}: ${report.because}`];
  if (report.description !== undefined) lines.push(`the rule of ${report.ruleOf} lets in ${report.description}`);
  if (report.explanation?.clauses !== undefined) lines.push("", ...tree(report.explanation, ""));
  return `${lines.join("\n")}\n`;
}

const OUTCOMES = { allow: "allowed", deny: "refused", unauthenticated: "refused" } as const;
const MARKS = { passed: "✓", refused: "✗", "not evaluated": "·" } as const;

function tree({ rule, outcome, because, clauses = [] }: Explanation, indent: string): string[] {
  const type = rule.rule === "unknown" ? rule.type : rule.rule;
  return [
    `${indent}${MARKS[outcome]} ${type}: ${because}`,
    ...clauses.flatMap((clause) => tree(clause, `${indent}  `)),
  ];
}

function ownerOf(rule: unknown, services: ProjectConfig["services"]): string {
  for (const [service, { functions }] of Object.entries(services)) {
    const name = Object.keys(functions).find((each) => functions[each]?.rule === rule);
    if (name !== undefined) return `${service}.${name}`;
  }
  throw new Error("the selected rule is not in the configuration");
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
