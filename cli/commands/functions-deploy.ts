import { Command } from "commander";
import { ApiClient } from "../api/api-client.ts";
import { findFunction, functionPath } from "../api/functions.ts";
import { type ApiOptions, withApiOptions } from "../api/options.ts";
import { printJson, printLines } from "../api/print.ts";
import { parseVersion } from "../api/version-argument.ts";
import { Failure, USAGE } from "../failure.ts";
import { finishJob, requestJob } from "../jobs/request-job.ts";
import { closedHint } from "../jobs/closed-hint.ts";
import { printOutcome } from "../jobs/watch-job.ts";
import { stopSignal } from "../stop-signal.ts";

interface DeployOptions extends ApiOptions {
  readonly percent?: string;
  readonly wait: boolean;
}

/** `fmesh functions deploy`. */
export function deployCommand(): Command {
  return withApiOptions(
    new Command("deploy")
      .summary("deploy a function")
      .description(
        "Has a version of a stored function deployed, and built before if it was not; shows each step when it is done, and prints " +
          "where the function is called. Calls go to the version once it is ready; one that does not become ready changes nothing.\n" +
          "Ctrl-C has it cancelled.",
      )
      .argument("<function>", "its label or its id")
      .argument("[version]", "number of a version; the newest if not given")
      .option("--percent <number>", "how many of the calls it gets; the others keep their proportion of the rest")
      .option("--no-wait", "print the id of the job, and leave it alone"),
  )
    .addHelpText(
      "after",
      `
Examples:
  fmesh functions deploy greet
  fmesh functions deploy greet 3 --percent 10
  fmesh jobs tail "$(fmesh functions deploy greet --no-wait)"

Exit codes: 0 deployed, or begun with --no-wait; 1 not deployed, refused, or no mesh; 2 wrong usage.`,
    )
    .action(async (name: string, version: string | undefined, options: DeployOptions) => {
      const asked = { kind: "deploy", version: parseVersion(version), percent: parsePercent(options.percent) } as const;
      const api = await ApiClient.open(options);
      const { item } = await findFunction(api, name);
      const wanted = { ...asked, id: item.id };
      if (options.wait) {
        const job = await finishJob(api, wanted, { ...options, signal: stopSignal() });
        printOutcome(job, options);
        const hint = options.json === true ? undefined : closedHint(api.project, job);
        if (hint !== undefined) process.stderr.write(`${hint}\n`);
        return;
      }
      const job = await requestJob(api, wanted);
      if (options.json === true) printJson(job);
      else printLines([job.id]);
    });
}

/** `fmesh functions undeploy`. */
export function undeployCommand(): Command {
  return withApiOptions(
    new Command("undeploy")
      .summary("end a deployed function, and keep it stored")
      .description("Ends a function with all its versions. Calls in flight are finished first. It stays stored.")
      .argument("<function>", "its label or its id"),
  )
    .addHelpText(
      "after",
      `
Example:
  fmesh functions undeploy greet

Exit codes: 0 nothing of it runs any more; 1 refused, or no mesh; 2 wrong usage.`,
    )
    .action(async (name: string, options: ApiOptions) => {
      const api = await ApiClient.open(options);
      const { item } = await findFunction(api, name);
      await api.request(`${functionPath(item.id)}/deployment`, { method: "DELETE" });
      const { item: after } = await api.request(functionPath(item.id));
      if (options.json === true) printJson(after);
      else printLines([`nothing of "${item.label}" runs any more; it stays stored`]);
    });
}

/** @throws Failure with the exit code of wrong usage. */
function parsePercent(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,3}$/.test(text) && Number(text) <= 100) return Number(text);
  throw new Failure(`--percent is "${text}"; give a number from 0 to 100`, { exitCode: USAGE });
}
