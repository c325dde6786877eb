import { Command } from "commander";
import { ApiClient } from "../api/api-client.ts";
import { findFunction } from "../api/functions.ts";
import { type ApiOptions, withApiOptions } from "../api/options.ts";
import { printJson, printLines } from "../api/print.ts";
import { parseVersion } from "../api/version-argument.ts";
import { finishJob, requestJob } from "../jobs/request-job.ts";
import { printOutcome } from "../jobs/watch-job.ts";
import { stopSignal } from "../stop-signal.ts";

interface BuildOptions extends ApiOptions {
  readonly wait: boolean;
}

/** `fmesh functions build`. */
export function buildCommand(): Command {
  return withApiOptions(
    new Command("build")
      .summary("build the image of a function")
      .description(
        "Has the image of a stored function's version built, shows each step when it is done, and prints the image's reference " +
          "by its digest. The same version is never built twice at once. Ctrl-C has the build cancelled.",
      )
      .argument("<function>", "its label or its id")
      .argument("[version]", "number of a version; the newest if not given")
      .option("--no-wait", "print the id of the job, and leave it alone"),
  )
    .addHelpText(
      "after",
      `
Examples:
  fmesh functions build greet
  fmesh functions build greet 3 --json
  fmesh jobs tail "$(fmesh functions build greet --no-wait)"

Exit codes: 0 built, or begun with --no-wait; 1 not built, refused, or no mesh; 2 wrong usage.`,
    )
    .action(async (name: string, version: string | undefined, options: BuildOptions) => {
      const number = parseVersion(version);
      const api = await ApiClient.open(options);
      const { item } = await findFunction(api, name);
      const wanted = { kind: "build", id: item.id, version: number } as const;
      if (options.wait) {
        printOutcome(await finishJob(api, wanted, { ...options, signal: stopSignal() }), options);
        return;
      }
      const job = await requestJob(api, wanted);
      if (options.json === true) printJson(job);
      else printLines([job.id]);
    });
}
