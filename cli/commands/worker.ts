import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Command } from "commander";
import { findRunningMesh } from "../../worker-service/runtime/running-mesh-file.ts";
import { Failure } from "../failure.ts";

/** `fmesh worker`: one more worker for a mesh that runs. */
export function workerCommand(): Command {
  return new Command("worker")
    .summary("run a worker script")
    .description(
      "Runs a script that starts services, as a process that joins the mesh.\n" +
        "The mesh is the one that `fmesh up` runs for the script's folder, or the one that NATS_URL and FMESH_PROJECT name.",
    )
    .argument("<script>", "TypeScript or JavaScript file")
    .addHelpText(
      "after",
      `
Examples:
  fmesh worker examples/arithmetic/arithmetic.ts
  NATS_URL=nats://broker:4222 FMESH_PROJECT=my-adder fmesh worker arithmetic.ts

Exit codes: 0 stopped as asked; 1 there is no such script or no mesh, or the script failed; 2 wrong usage.`,
    )
    .action(runWorker);
}

async function runWorker(script: string): Promise<void> {
  const file = resolve(script);
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) throw new Failure(`there is no script "${script}"`);
  if (process.env["NATS_URL"] === undefined && findRunningMesh(dirname(file)) === undefined) {
    throw new Failure(`no mesh runs for "${script}": start one with \`fmesh up ${dirname(script)}\`, or set NATS_URL`);
  }
  // The script finds the mesh from its own folder, wherever this command was given.
  process.chdir(dirname(file));
  // The script is the main module, as with `bun script.ts`: some start their service only then.
  Object.assign(Bun, { main: file });
  await import(file);
}
