import { Command } from "commander";
import type { Job } from "../../mesh/job.ts";
import { ApiClient } from "../api/api-client.ts";
import { findFunction } from "../api/functions.ts";
import { JOBS_PATH, JOB_LISTING, jobPath, printJob } from "../api/jobs.ts";
import { type ApiOptions, withApiOptions } from "../api/options.ts";
import { type PagingOptions, pagingQuery, tellNext, withPaging } from "../api/paging.ts";
import { printJson, printLines, printTable } from "../api/print.ts";
import { JOB_NOUNS, printOutcome, watchJob } from "../jobs/watch-job.ts";
import { stopSignal } from "../stop-signal.ts";

const EXIT_CODES = "Exit codes: 0 done; 1 refused, not there, or no mesh; 2 wrong usage.";
const AN_ID = "0b6c2a54-0a4e-4d8e-8f67-3f4a1f2b9c11";

/** `fmesh jobs`: work on stored functions that takes longer than a call. */
export function jobsCommand(): Command {
  const jobs = new Command("jobs")
    .summary("look at builds and deployments, and cancel them")
    .description("Shows the jobs of a project, builds and deployments, over the HTTP API of the functions service.")
    .addHelpText(
      "after",
      `
Examples:
  fmesh jobs list greet
  fmesh jobs tail ${AN_ID}

${EXIT_CODES}`,
    );
  for (const command of [listCommand(), getCommand(), tailCommand(), cancelCommand()]) jobs.addCommand(command);
  return jobs;
}

function listCommand(): Command {
  return withApiOptions(
    withPaging(
      new Command("list")
        .summary("list jobs, newest first")
        .description("Lists the jobs of a project, or of one function, newest first.")
        .argument("[function]", "only jobs of this one, by its label or its id"),
    ),
  )
    .addHelpText("after", `\nExamples:\n  fmesh jobs list\n  fmesh jobs list greet --limit 5\n\n${EXIT_CODES}`)
    .action(async (name: string | undefined, options: ApiOptions & PagingOptions) => {
      const paging = pagingQuery(options);
      const api = await ApiClient.open(options);
      const functionId = name === undefined ? undefined : (await findFunction(api, name)).item.id;
      const { items, next } = await api.page<Job>(JOBS_PATH, { ...paging, functionId });
      if (options.json === true) printJson(items);
      else printTable(JOB_LISTING, items);
      tellNext(next);
    });
}

function getCommand(): Command {
  return withApiOptions(
    new Command("get")
      .summary("show a job")
      .description(
        "Shows how far a job is: its steps, what its tools said, and what came out of it or why nothing did.",
      )
      .argument("<id>", "its id, as the list shows it"),
  )
    .addHelpText("after", `\nExample:\n  fmesh jobs get ${AN_ID}\n\n${EXIT_CODES}`)
    .action(async (id: string, options: ApiOptions) => {
      const api = await ApiClient.open(options);
      const item = await api.one<Job>(jobPath(id), { thing: `job "${id}"`, list: "fmesh jobs list" });
      if (options.json === true) printJson(item);
      else printJob(item);
    });
}

function tailCommand(): Command {
  return withApiOptions(
    new Command("tail")
      .summary("follow a job until it has ended")
      .description(
        "Follows a job until it has ended, and prints what `fmesh functions build` or `deploy` does.\n" +
          "Ctrl-C leaves the job alone.",
      )
      .argument("<id>", "its id, as the list shows it"),
  )
    .addHelpText(
      "after",
      `\nExample:\n  fmesh jobs tail ${AN_ID}\n\nExit codes: 0 it succeeded, or stopped as asked; 1 it did not, or no mesh; 2 wrong usage.`,
    )
    .action(async (id: string, options: ApiOptions) => {
      const job = await watchJob(id, options, stopSignal());
      if (job !== undefined) printOutcome(job, options);
    });
}

function cancelCommand(): Command {
  return withApiOptions(
    new Command("cancel")
      .summary("cancel a job")
      .description("Cancels a job. One that has ended stays as it is.")
      .argument("<id>", "its id, as the list shows it"),
  )
    .addHelpText("after", `\nExample:\n  fmesh jobs cancel ${AN_ID}\n\n${EXIT_CODES}`)
    .action(async (id: string, options: ApiOptions) => {
      const api = await ApiClient.open(options);
      const { item } = await api.request<Job>(jobPath(id), { method: "DELETE" });
      if (options.json === true) printJson(item);
      else printLines([`the ${JOB_NOUNS[item.kind]} of "${item.label}", version ${item.version}, is ${item.state}`]);
    });
}
