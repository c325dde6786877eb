import { Command } from "commander";
import { parsePort } from "../arguments.ts";
import { reloadWorker } from "../dev/reloading-worker.ts";
import { runMesh } from "../up/run-mesh.ts";

/** `fmesh dev`: the mesh as `fmesh up` runs it, with workers that follow their source files. */
export function devCommand(): Command {
  return new Command("dev")
    .summary("as up, and reload workers when their code is saved")
    .description(
      "Runs the mesh of a configuration as `fmesh up` does, and reloads a worker when a file it imports is saved. " +
        "The new code starts beside the old, which goes on until the new takes calls and then finishes its own: " +
        "no call is lost. Code that does not start changes nothing. Errors are shown with their source lines.",
    )
    .argument("[path]", "configuration file, or a folder that holds fmesh.yaml", ".")
    .option("--port <number>", "port of the gateway, instead of the configuration's; 0 takes a free one", parsePort)
    .addHelpText(
      "after",
      `
Examples:
  fmesh dev
  fmesh dev examples/arithmetic
  fmesh dev greeter --port 8080

Exit codes: 0 stopped as asked; 1 it could not start; 2 wrong usage.`,
    )
    .action((path: string, { port }: { port?: number }) =>
      runMesh(path, { port, startWorker: reloadWorker, live: "code or configuration" }),
    );
}
