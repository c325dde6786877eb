import { Command, Option } from "commander";
import { stringify } from "yaml";
import { loadConfig } from "../../gateway/runtime/config-file.ts";
import { ApiClient } from "../api/api-client.ts";
import { type ApiOptions, withApiOptions } from "../api/options.ts";
import { printJson } from "../api/print.ts";
import { parseVersion } from "../api/version-argument.ts";
import { explained } from "../builder/explained.ts";
import { parseShares, plannedDeployment } from "../deployer/planned-deployment.ts";
import { findConfig } from "../find-config.ts";

interface PlanOptions extends ApiOptions {
  readonly traffic?: string;
  readonly output: "yaml" | "json";
}

/** `fmesh plan`. */
export function planCommand(): Command {
  return withApiOptions(
    new Command("plan")
      .summary("print what would be applied to a cluster")
      .description(
        "Prints the objects of Kubernetes that a deployer applies to have a version of a stored function run by Knative, as the " +
          "configuration has it (deployer.knative): the namespace, its network policy and the Service. Nothing is applied, and no " +
          "cluster is asked. Kept in a repository, they can be applied by whoever watches that.",
      )
      .argument("<function>", "its label or its id")
      .argument("[version]", "number of a version; the newest if not given")
      .option("--traffic <shares>", "percent by version, as in 1=80,2=20; all to the version if not given")
      .addOption(new Option("-o, --output <format>", "how it is printed").choices(["yaml", "json"]).default("yaml")),
  )
    .addHelpText(
      "after",
      `
Examples:
  fmesh plan greet -o yaml
  fmesh plan greet 2 --traffic 1=80,2=20 > greet.yaml
  fmesh plan greet | kubectl apply --server-side --dry-run=server -f -

Exit codes: 0 printed; 1 no such version, no image of it, or no mesh; 2 wrong usage.`,
    )
    .action(plan);
}

async function plan(name: string, version: string | undefined, options: PlanOptions): Promise<void> {
  const wanted = { version: parseVersion(version), traffic: parseShares(options.traffic) };
  const { deployment, others } = await plannedDeployment(await ApiClient.open(options), name, wanted);
  const { deployer } = await loadConfig(findConfig(options.config), { env: process.env });
  // Other commands start without it.
  const { planFor } = await import("../../builder/deployer/knative/plan.ts");
  const objects = await explained(async () => planFor(deployment, deployer.knative, others));
  if (options.json === true || options.output === "json") printJson({ apiVersion: "v1", kind: "List", items: objects });
  else process.stdout.write(objects.map((object) => stringify(object, { lineWidth: 0 })).join("---\n"));
}
