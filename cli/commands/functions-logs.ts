import { Command } from "commander";
import type { DeployedLine } from "../../mesh/deployment.ts";
import { ApiClient } from "../api/api-client.ts";
import { lineText } from "../api/deployments.ts";
import { findFunction, functionPath } from "../api/functions.ts";
import { type ApiOptions, withApiOptions } from "../api/options.ts";
import { printLines } from "../api/print.ts";
import { parseVersion } from "../api/version-argument.ts";
import { Failure, USAGE } from "../failure.ts";
import { followLines } from "../logs/follow-lines.ts";
import { stopSignal } from "../stop-signal.ts";

interface FunctionLogsOptions extends ApiOptions {
  readonly follow?: true;
  readonly lines: string;
  readonly of?: string;
}

/** `fmesh functions logs`. */
export function functionLogsCommand(): Command {
  return withApiOptions(
    new Command("logs")
      .summary("show what a deployed function wrote")
      .description(
        "Shows the last lines that the instances of a deployed function wrote, oldest first; with --follow also those that come.\n" +
          "It goes on when the connection broke or the mesh was started again.",
      )
      .argument("<function>", "its label or its id")
      .option("-f, --follow", "go on with the lines that come")
      .option("--lines <number>", "how many lines of the past, up to 10000", "100")
      .option("--of <version>", "only lines of this version"),
  )
    .addHelpText(
      "after",
      `
Examples:
  fmesh functions logs greet
  fmesh functions logs greet -f --lines 0
  fmesh functions logs greet --of 3 --json | jq -r .text

Exit codes: 0 shown, or stopped as asked; 1 refused, not deployed, or no mesh; 2 wrong usage.`,
    )
    .action(showLogs);
}

async function showLogs(name: string, options: FunctionLogsOptions): Promise<void> {
  const lines = parseLines(options.lines);
  const version = parseVersion(options.of)?.toString();
  const api = await ApiClient.open(options);
  const { item } = await findFunction(api, name);
  const path = `${functionPath(item.id)}/logs`;
  const textOf = options.json === true ? (line: DeployedLine) => JSON.stringify(line) : lineText;
  if (options.follow !== true) {
    const { items } = await api.page<DeployedLine>(path, { lines, version });
    if (items.length > 0) printLines(items.map(textOf));
    else process.stderr.write(`"${item.label}" has written nothing\n`);
    return;
  }
  const onBroken = (): void => {
    process.stderr.write("fmesh: the lines cannot be followed at the moment; trying on\n");
  };
  for await (const line of followLines(path, { lines, version, options, onBroken }, stopSignal())) {
    printLines([textOf(line)]);
  }
  // A connection that nobody reads would hold the process.
  process.exit();
}

/** @throws Failure with the exit code of wrong usage. */
function parseLines(text: string): string {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 10_000) return text;
  throw new Failure(`--lines is "${text}"; give a number from 0 to 10000`, { exitCode: USAGE });
}
