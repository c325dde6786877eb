import { Command } from "commander";
import { hostFunctions } from "../functions/hosted-functions.ts";
import { runPart } from "../hosting/run-part.ts";

/** `fmesh functions-service`: the functions service of its own, on a broker that runs elsewhere. */
export function functionsServiceCommand(): Command {
  return new Command("functions-service")
    .summary("run the functions service for an existing broker")
    .description(
      "Keeps the stored functions and the events of every project of a configuration, as `fmesh up` does.\n" +
        "Several of these need one PostgreSQL: each with a SQLite file of its own would keep a part.",
    )
    .argument("[path]", "configuration file, or a folder that holds fmesh.yaml", ".")
    .addHelpText(
      "after",
      `
Example:
  NATS_URL=nats://broker:4222 fmesh functions-service /etc/fmesh.yaml

Exit codes: 0 stopped as asked; 1 it could not start; 2 wrong usage.`,
    )
    .action((path: string) => runPart(path, "functions", hostFunctions));
}
