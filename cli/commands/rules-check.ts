import { Command } from "commander";
import { chooseProject } from "../choose-project.ts";
import { checkProject } from "../../gateway/check-project.ts";
import { loadForRules, rulesSetup } from "./rules-setup.ts";

interface CheckOptions {
  readonly project?: string;
  readonly json?: true;
}

/** `fmesh rules check`: what about the rules is probably not meant. */
export function checkCommand(): Command {
  return new Command("check")
    .summary("find rules that are open, contradict themselves or never pass")
    .description("Reads the rules of a configuration as a reviewer would and lists what is probably not meant.")
    .argument("[path]", "configuration file, or a folder that holds fmesh.yaml", ".")
    .option("--project <id>", "only this project")
    .option("--json", "print the findings as JSON")
    .addHelpText(
      "after",
      `
Examples:
  fmesh rules check
  fmesh rules check examples/arithmetic --json

Exit codes: 0 nothing found; 1 findings; 2 wrong usage.`,
    )
    .action(async (path: string, options: CheckOptions) => {
      const config = await loadForRules(path);
      const projects = options.project === undefined ? config.projects : [chooseProject(config, options.project)];
      const findings = projects.flatMap((project) =>
        checkProject(project, rulesSetup(config, project)).map((finding) => ({ project: project.id, ...finding })),
      );
      const lines = findings.map(({ project, path: place, severity, message }) => {
        return `${severity === "error" ? "✗" : "!"} ${project}: ${place}: ${message}`;
      });
      if (options.json === true) process.stdout.write(`${JSON.stringify(findings, undefined, 2)}\n`);
      else process.stdout.write(`${lines.length === 0 ? "nothing found" : lines.join("\n")}\n`);
      if (findings.length > 0) process.exitCode = 1;
    });
}
