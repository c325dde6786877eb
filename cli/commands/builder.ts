import { Command } from "commander";
import { hostBuilder } from "../builder/hosted-builder.ts";
import { runPart } from "../hosting/run-part.ts";

/** `fmesh builder`: a builder of its own, on a broker that runs elsewhere. */
export function builderCommand(): Command {
  return new Command("builder")
    .summary("run a builder for an existing broker")
    .description(
      "Makes images of the functions of every project of a configuration, as `fmesh up` does.\n" +
        "Several of these share the work: they need one registry and one signing key.",
    )
    .argument("[path]", "configuration file, or a folder that holds fmesh.yaml", ".")
    .addHelpText(
      "after",
      `
Example:
  NATS_URL=nats://broker:4222 fmesh builder /etc/fmesh.yaml

Exit codes: 0 stopped as asked; 1 it could not start; 2 wrong usage.`,
    )
    .action((path: string) => runPart(path, "builder", hostBuilder));
}
