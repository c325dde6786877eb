import { Command } from "commander";
import type { StoredFunction, Traffic } from "../../mesh/function.ts";
import { ApiClient } from "../api/api-client.ts";
import { findFunction, functionPath, trafficText } from "../api/functions.ts";
import { type ApiOptions, withApiOptions } from "../api/options.ts";
import { printJson, printLines } from "../api/print.ts";
import { Failure, USAGE } from "../failure.ts";

/** `fmesh functions traffic`. */
export function trafficCommand(): Command {
  return withApiOptions(
    new Command("traffic")
      .summary("show or say which versions of a function get its calls")
      .description(
        "Shows which versions of a stored function get how many percent of its calls; with shares it sets them.",
      )
      .argument("<function>", "its label or its id")
      .argument("[shares...]", "version=percent, 100 percent together; a version alone gets all"),
  )
    .addHelpText(
      "after",
      `
Examples:
  fmesh functions traffic greet
  fmesh functions traffic greet 3=90 4=10
  fmesh functions traffic greet 4

Exit codes: 0 shown or set; 1 refused, not there, or no mesh; 2 wrong usage.`,
    )
    .action(async (name: string, shares: readonly string[], options: ApiOptions) => {
      const wanted = shares.length === 0 ? undefined : parseTraffic(shares);
      const api = await ApiClient.open(options);
      const { item, tag } = await findFunction(api, name);
      const path = `${functionPath(item.id)}/traffic`;
      const { traffic } =
        wanted === undefined
          ? item
          : (await api.request<StoredFunction>(path, { method: "PUT", body: wanted, ifMatch: tag })).item;
      if (options.json === true) printJson(traffic);
      else printLines([trafficText(traffic)]);
    });
}

/** @throws Failure with the exit code of wrong usage. */
function parseTraffic(shares: readonly string[]): Traffic {
  const parts = shares.map((share): [string, number] => {
    const [, version, percent] = /^(\d+)(?:=(\d+))?$/.exec(share) ?? [];
    if (version !== undefined && percent !== undefined) return [version, Number(percent)];
    if (version !== undefined && shares.length === 1) return [version, 100];
    throw new Failure(`"${share}" is no share of the calls; write version=percent, such as 3=90`, { exitCode: USAGE });
  });
  return Object.fromEntries(parts);
}
