import { Command } from "commander";
import type { FunctionVersion, StoredFunction } from "../../mesh/function.ts";
import { ApiClient } from "../api/api-client.ts";
import {
  FUNCTIONS_PATH,
  FUNCTION_LISTING,
  VERSION_LISTING,
  findFunction,
  functionPath,
  trafficText,
} from "../api/functions.ts";
import { type ApiOptions, withApiOptions } from "../api/options.ts";
import { printFacts, printJson, printLines, printTable } from "../api/print.ts";
import { printable } from "../terminal/printable.ts";

const EXIT_CODES = "Exit codes: 0 shown; 1 refused, not there, or no mesh; 2 wrong usage.";

/** `fmesh functions list`. */
export function listFunctionsCommand(): Command {
  return withApiOptions(
    new Command("list").summary("list the stored functions").description("Lists the stored functions by label."),
  )
    .addHelpText("after", `\nExamples:\n  fmesh functions list\n  fmesh functions list --json\n\n${EXIT_CODES}`)
    .action(async (options: ApiOptions) => {
      const api = await ApiClient.open(options);
      const stored = await Array.fromAsync(api.all<StoredFunction>(FUNCTIONS_PATH));
      if (options.json === true) printJson(stored);
      else printTable(FUNCTION_LISTING, stored);
    });
}

/** `fmesh functions get`. */
export function getFunctionCommand(): Command {
  return withApiOptions(
    new Command("get")
      .summary("show a stored function")
      .description("Shows a stored function as its latest version has it, and its source.")
      .argument("<function>", "its label or its id")
      .option("--handler", "print nothing but the source"),
  )
    .addHelpText(
      "after",
      `\nExamples:\n  fmesh functions get greet\n  fmesh functions get greet --handler > greet.ts\n\n${EXIT_CODES}`,
    )
    .action(async (name: string, options: ApiOptions & { readonly handler?: true }) => {
      const { item } = await findFunction(await ApiClient.open(options), name);
      if (options.json === true) printJson(item);
      else if (options.handler === true) process.stdout.write(item.handler);
      else printFunction(item);
    });
}

/** `fmesh functions versions`. */
export function versionsCommand(): Command {
  return withApiOptions(
    new Command("versions")
      .summary("list the versions of a stored function, or show one")
      .description("Lists the versions of a stored function, newest first; with a number it shows that one.")
      .argument("<function>", "its label or its id")
      .argument("[version]", "number of a version"),
  )
    .addHelpText(
      "after",
      `\nExamples:\n  fmesh functions versions greet\n  fmesh functions versions greet 3\n\n${EXIT_CODES}`,
    )
    .action(async (name: string, version: string | undefined, options: ApiOptions) => {
      const api = await ApiClient.open(options);
      const { item } = await findFunction(api, name);
      const path = `${functionPath(item.id)}/versions`;
      if (version === undefined) {
        const versions = await Array.fromAsync(api.all<FunctionVersion>(path));
        if (options.json === true) printJson(versions);
        else printTable(VERSION_LISTING, versions);
        return;
      }
      const { item: one } = await api.request<FunctionVersion>(`${path}/${encodeURIComponent(version)}`);
      if (options.json === true) printJson(one);
      else printVersion(one);
    });
}

function printFunction(stored: StoredFunction): void {
  const { id, status, traffic, url, updatedAt } = stored;
  printVersion(stored, { id, status, traffic: trafficText(traffic), url, updated: updatedAt });
}

function printVersion(version: FunctionVersion, more: Readonly<Record<string, string | undefined>> = {}): void {
  const { label, description, template, runtime, env, secrets, dependencies, timeoutMs, handler } = version;
  const { scale, resources, network } = version;
  printFacts({
    label,
    description,
    ...more,
    version: String(version.version),
    created: `${version.createdAt} by ${version.createdBy}`,
    runtime: `${runtime}, ${template}`,
    timeout: `${timeoutMs / 1000} s`,
    scale: `${scale.min} to ${scale.max} instances, ${scale.concurrency} calls each, ${scale.idleSeconds} s idle`,
    resources: `${resources.memory} memory, ${resources.cpu} cpu, network: ${network}`,
    env: Object.keys(env).join(", "),
    secrets: Object.entries(secrets)
      .map(([name, reference]) => `${name}=${reference}`)
      .join(", "),
    dependencies: Object.entries(dependencies)
      .map(([name, range]) => `${name}@${range}`)
      .join(", "),
  });
  printLines(["", printable(handler).trimEnd()]);
}
