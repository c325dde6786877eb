import { Command } from "commander";
import { advice } from "../../gateway/advice.ts";
import type { GatewayConfig } from "../../gateway/config.ts";
import { ConfigError, type ConfigFinding } from "../../gateway/config/config-error.ts";
import { loadConfig } from "../../gateway/runtime/config-file.ts";
import { findConfig } from "../find-config.ts";

/** `fmesh config check`: whether a file can be used, and what to know of it. */
export function configCheckCommand(): Command {
  return new Command("check")
    .summary("tell whether a configuration can be used")
    .description(
      "Reads a configuration as the gateway does, with the variables of this environment, and tells every problem with its place. " +
        "Warnings and advice do not keep a configuration from being used.",
    )
    .argument("[path]", "configuration file, or a folder that holds fmesh.yaml", ".")
    .option("--json", "print what was found as JSON")
    .addHelpText(
      "after",
      `
Examples:
  fmesh config check
  fmesh config check /etc/fmesh.yaml --json

Exit codes: 0 it can be used; 1 it cannot; 2 wrong usage.`,
    )
    .action(async (path: string, options: { json?: true }) => {
      const file = findConfig(path);
      const report = await check(file);
      const lines = [...report.problems.map(({ line }) => line), ...report.advice];
      const text = report.ok && lines.length === 0 ? `${file} can be used` : lines.join("\n");
      const { ok, problems, advice: remarks } = report;
      const json = { ok, problems: problems.map(({ finding }) => finding), advice: remarks };
      process.stdout.write(`${options.json === true ? JSON.stringify(json, undefined, 2) : text}\n`);
      if (!report.ok) process.exitCode = 1;
    });
}

interface Report {
  readonly ok: boolean;
  readonly problems: readonly { readonly finding: ConfigFinding; readonly line: string }[];
  readonly advice: readonly string[];
}

async function check(file: string): Promise<Report> {
  let config: GatewayConfig;
  try {
    config = await loadConfig(file, { env: process.env });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const lines = error.message.split("\n");
    const problems = error.problems.map((finding, index) => ({ finding, line: lines[index] ?? finding.message }));
    return { ok: false, problems, advice: [] };
  }
  return { ok: true, problems: [], advice: advice(config, file) };
}
