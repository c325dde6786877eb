import { Command } from "commander";
import { clusterCheckCommand } from "./cluster-check.ts";

/** `fmesh cluster`: where Knative runs functions. */
export function clusterCommand(): Command {
  return new Command("cluster")
    .summary("look at the cluster that functions run in")
    .description(
      "Looks at the cluster of Kubernetes in which Knative runs functions: `deployer.knative` in the configuration.",
    )
    .addHelpText(
      "after",
      `
Example:
  fmesh cluster check

Exit codes: 0 it has what functions need; 1 it lacks something, or cannot be reached; 2 wrong usage.`,
    )
    .addCommand(clusterCheckCommand());
}
