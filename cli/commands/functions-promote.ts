import { Command } from "commander";
import type { StoredFunction } from "../../mesh/function.ts";
import { ApiClient, type ApiRequest } from "../api/api-client.ts";
import { findFunction, functionPath, trafficText } from "../api/functions.ts";
import { type ApiOptions, withApiOptions } from "../api/options.ts";
import { printJson, printLines } from "../api/print.ts";
import { parseVersion } from "../api/version-argument.ts";

const EXIT_CODES = "Exit codes: 0 done; 1 refused, not there, or no mesh; 2 wrong usage.";

/** `fmesh functions promote`. */
export function promoteCommand(): Command {
  return withApiOptions(
    new Command("promote")
      .summary("send all calls of a function to one version")
      .description(
        "Sends all calls of a stored function to one of its versions: the newest, or the one that is named.\n" +
          "It is refused when somebody else has changed the function in between.",
      )
      .argument("<function>", "its label or its id")
      .argument("[version]", "number of a version; the newest if not given"),
  )
    .addHelpText(
      "after",
      `\nExamples:\n  fmesh functions promote greet\n  fmesh functions promote greet 3\n\n${EXIT_CODES}`,
    )
    .action(async (name: string, version: string | undefined, options: ApiOptions) => {
      const number = parseVersion(version);
      await direct(name, options, (stored) => ({
        path: "promote",
        body: { version: number ?? stored.version },
      }));
    });
}

/** `fmesh functions rollback`. */
export function rollbackCommand(): Command {
  return withApiOptions(
    new Command("rollback")
      .summary("send all calls of a function to the version before")
      .description(
        "Sends all calls of a stored function to the version before the newest that gets any.\n" +
          "It is refused when somebody else has changed the function in between, and when there is no version before.",
      )
      .argument("<function>", "its label or its id"),
  )
    .addHelpText("after", `\nExample:\n  fmesh functions rollback greet\n\n${EXIT_CODES}`)
    .action((name: string, options: ApiOptions) => direct(name, options, () => ({ path: "rollback" })));
}

async function direct(
  name: string,
  options: ApiOptions,
  ask: (stored: StoredFunction) => { readonly path: string; readonly body?: unknown },
): Promise<void> {
  const api = await ApiClient.open(options);
  const { item: before, tag } = await findFunction(api, name);
  const { path, body } = ask(before);
  const request: ApiRequest = { method: "POST", body, ifMatch: tag };
  const { item } = await api.request<StoredFunction>(`${functionPath(before.id)}/${path}`, request);
  if (options.json === true) printJson(item.traffic);
  else
    printLines([`calls of "${item.label}" go to ${trafficText(item.traffic)}; before: ${trafficText(before.traffic)}`]);
}
