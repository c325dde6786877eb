import { Command } from "commander";
import { hostDeployer } from "../deployer/hosted-deployer.ts";
import { runPart } from "../hosting/run-part.ts";

/** `fmesh deployer`: a deployer of its own, on a broker that runs elsewhere. */
export function deployerCommand(): Command {
  return new Command("deployer")
    .summary("run a deployer for an existing broker")
    .description(
      "Runs the deployed functions of every project of a configuration, as `fmesh up` does: as processes of this machine, or by " +
        "Knative, as deployer.home says. It needs the registry that the builder publishes to.",
    )
    .argument("[path]", "configuration file, or a folder that holds fmesh.yaml", ".")
    .addHelpText(
      "after",
      `
Example:
  NATS_URL=nats://broker:4222 fmesh deployer /etc/fmesh.yaml

Exit codes: 0 stopped as asked; 1 it could not start; 2 wrong usage.`,
    )
    .action((path: string) => runPart(path, "deployer", hostDeployer));
}
