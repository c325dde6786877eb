import { Command } from "commander";
import { parsePort } from "../arguments.ts";
import { runMesh } from "../up/run-mesh.ts";
import { superviseWorker } from "../up/supervised-worker.ts";

/** `fmesh up`: the whole mesh in one process, its workers below it. */
export function upCommand(): Command {
  return new Command("up")
    .summary("start broker, gateway and workers")
    .description(
      "Starts the embedded broker, the gateway and the workers of a configuration, and watches it for changes.\n" +
        "With NATS_URL set (or broker.url in the configuration) that broker is used instead of the embedded one.",
    )
    .argument("[path]", "configuration file, or a folder that holds fmesh.yaml", ".")
    .option("--port <number>", "port of the gateway, instead of the configuration's; 0 takes a free one", parsePort)
    .addHelpText(
      "after",
      `
Examples:
  fmesh up
  fmesh up examples/arithmetic
  NATS_URL=nats://127.0.0.1:4222 fmesh up

Exit codes: 0 stopped as asked; 1 it could not start; 2 wrong usage.`,
    )
    .action((path: string, { port }: { port?: number }) =>
      runMesh(path, { port, startWorker: superviseWorker, live: "the configuration" }),
    );
}
