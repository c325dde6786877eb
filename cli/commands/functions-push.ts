import { Command } from "commander";
import type { Job } from "../../mesh/job.ts";
import { ApiClient } from "../api/api-client.ts";
import { type ApiOptions, withApiOptions } from "../api/options.ts";
import { printJson, printLines } from "../api/print.ts";
import { finishJob } from "../jobs/request-job.ts";
import { printOutcome } from "../jobs/watch-job.ts";
import { manifestParts } from "../push/manifest-parts.ts";
import { type PackagedFunction, packageFunction } from "../push/package-function.ts";
import { type Pushed, storeFunction } from "../push/store-function.ts";
import { stopSignal } from "../stop-signal.ts";
import { formatBytes } from "../terminal/format-bytes.ts";
import { printable } from "../terminal/printable.ts";

interface PushOptions extends ApiOptions {
  readonly label?: string;
  readonly build?: true;
  readonly deploy?: true;
}

/** A list of more is read by nobody; `--json` has all. */
const MAX_FILES_TOLD = 10;

/** `fmesh functions push`. */
export function pushCommand(): Command {
  return withApiOptions(
    new Command("push")
      .summary("store the function that a folder holds")
      .description(
        "Makes one handler of a folder and stores it, as a new function or as a new version of the one with its label. The folder's " +
          "own files and those of workspace packages become one text; the npm packages that they import become its " +
          "dependencies, in the versions that are installed. Where nothing has changed, no version is made.",
      )
      .argument("[folder]", "the folder; its package.json may name `main`, and in `fmesh` how it is to run", ".")
      .option("--label <label>", "what the function is called; default: the package's name, or the folder's")
      .option("--build", "build its image, too")
      .option("--deploy", "build it and deploy it for all calls"),
  )
    .addHelpText(
      "after",
      `
Examples:
  fmesh functions push
  fmesh functions push packages/greet --build
  fmesh functions push packages/greet --deploy
  fmesh functions push packages/greet --label greet-test --json

Exit codes: 0 stored, or nothing has changed; 1 not packaged, not built or deployed, refused, or no mesh; 2 wrong usage.`,
    )
    .action(push);
}

async function push(folder: string, options: PushOptions): Promise<void> {
  const signal = stopSignal();
  const packaged = await packageFunction(folder, { label: options.label, signal });
  if (options.json !== true) process.stderr.write(`${describe(packaged).map(printable).join("\n")}\n`);
  const api = await ApiClient.open(options);
  const { files, ...parts } = { ...packaged, ...(await manifestParts(folder)) };
  const pushed = await storeFunction(api, parts);
  const { state, stored } = pushed;
  if (options.json !== true) printLines([textOf(pushed)]);
  const { id, version } = stored;
  const kind = options.deploy === true ? "deploy" : "build";
  const isMore = options.build === true || options.deploy === true;
  const job = isMore ? await finishJob(api, { kind, id, version }, { ...options, signal }) : undefined;
  if (options.json === true) printDocument({ state, function: stored, files, job });
  else if (job !== undefined) printOutcome(job, options);
}

/** What was packaged, for a person. */
function describe({ files, handler, runtime, dependencies }: PackagedFunction): string[] {
  const count = files.length === 1 ? "1 file" : `${files.length} files`;
  const size = formatBytes(Buffer.byteLength(handler));
  const packages = Object.entries(dependencies).map(([name, version]) => `${name}@${version}`);
  return [
    `packaged ${count} for ${runtime}, ${size}: ${listed(files)}`,
    ...(packages.length === 0 ? [] : [`depends on ${packages.join(", ")}`]),
  ];
}

function listed(files: readonly string[]): string {
  const rest = files.length - MAX_FILES_TOLD;
  return rest <= 0 ? files.join(", ") : `${files.slice(0, MAX_FILES_TOLD).join(", ")} and ${rest} more`;
}

function textOf({ state, stored: { label, version, id } }: Pushed): string {
  if (state === "unchanged") return `nothing has changed: "${label}" stays at version ${version} (${id})`;
  return `${state} "${label}", version ${version} (${id})`;
}

function printDocument(document: {
  readonly state: Pushed["state"];
  readonly function: Pushed["stored"];
  readonly files: readonly string[];
  readonly job: Job | undefined;
}): void {
  printJson(document);
  if (document.job !== undefined && document.job.state !== "succeeded") process.exitCode = 1;
}
