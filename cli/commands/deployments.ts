import { Command } from "commander";
import type { DeployedFunction } from "../../mesh/deployment.ts";
import { ApiClient } from "../api/api-client.ts";
import { DEPLOYMENTS_PATH, DEPLOYMENT_LISTING, printDeployment } from "../api/deployments.ts";
import { findFunction, functionPath } from "../api/functions.ts";
import { type ApiOptions, withApiOptions } from "../api/options.ts";
import { printJson, printTable } from "../api/print.ts";

const EXIT_CODES = "Exit codes: 0 shown; 1 refused, not deployed, or no mesh; 2 wrong usage.";

/** `fmesh deployments`. */
export function deploymentsCommand(): Command {
  return withApiOptions(
    new Command("deployments")
      .summary("show which functions are deployed, and how they do")
      .description("Lists the deployed functions of a project by label, as whoever runs them describes them."),
  )
    .addHelpText("after", `\nExamples:\n  fmesh deployments\n  fmesh deployments --json\n\n${EXIT_CODES}`)
    .action(async (options: ApiOptions) => {
      const api = await ApiClient.open(options);
      const { item: deployments } = await api.request<DeployedFunction[]>(DEPLOYMENTS_PATH);
      if (options.json === true) printJson(deployments);
      else printTable(DEPLOYMENT_LISTING, deployments);
    });
}

/** `fmesh functions deployment`. */
export function deploymentCommand(): Command {
  return withApiOptions(
    new Command("deployment")
      .summary("show how a function is deployed")
      .description(
        "Shows how a function is deployed: which versions there are, how many of the calls they get, how many instances of them " +
          "run, and what is in the way of those that do not.",
      )
      .argument("<function>", "its label or its id"),
  )
    .addHelpText(
      "after",
      `\nExamples:\n  fmesh functions deployment greet\n  fmesh functions deployment greet --json\n\n${EXIT_CODES}`,
    )
    .action(async (name: string, options: ApiOptions) => {
      const api = await ApiClient.open(options);
      const { item } = await findFunction(api, name);
      const { item: deployed } = await api.request<DeployedFunction>(`${functionPath(item.id)}/deployment`);
      if (options.json === true) printJson(deployed);
      else printDeployment(deployed);
    });
}
