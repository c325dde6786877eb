import { readFile } from "node:fs/promises";
import { Command } from "commander";
import type { StoredFunction } from "../../mesh/function.ts";
import { ApiClient } from "../api/api-client.ts";
import {
  type FunctionOptions,
  givenParts,
  partsByName,
  withFunctionOptions,
  withParts,
} from "../api/function-options.ts";
import { FUNCTIONS_PATH, findFunction, functionPath } from "../api/functions.ts";
import { type ApiOptions, withApiOptions } from "../api/options.ts";
import { printJson, printLines } from "../api/print.ts";
import { Failure } from "../failure.ts";

const EXIT_CODES = "Exit codes: 0 done; 1 refused, not there, or no mesh; 2 wrong usage.";

type ChangeOptions = ApiOptions & FunctionOptions;

/** `fmesh functions create`. */
export function createFunctionCommand(): Command {
  return withApiOptions(
    withFunctionOptions(
      new Command("create")
        .summary("store a new function")
        .description("Stores a new function, as its version 1. Its label is its name in the project.")
        .argument("<label>", "1 to 64 letters, digits, _ or -")
        .argument("<file>", "its source; - reads it from standard input"),
    ),
  )
    .addHelpText(
      "after",
      `
Examples:
  fmesh functions create greet greet.ts --description 'Greets whoever calls'
  echo 'export default () => 42' | fmesh functions create answer - --timeout 2
  fmesh functions create pay pay.ts --env CURRENCY=EUR --secret KEY=stripe/api-key --dependency zod=^4.0.0

${EXIT_CODES}`,
    )
    .action(async (label: string, file: string, options: ChangeOptions) => {
      const parts = givenParts(options);
      const handler = await readSource(file);
      const api = await ApiClient.open(options);
      const body = { label, handler, ...partsByName(file), ...parts };
      const { item } = await api.request<StoredFunction>(FUNCTIONS_PATH, { method: "POST", body });
      told(item, "created", options);
    });
}

/** `fmesh functions update`. */
export function updateFunctionCommand(): Command {
  return withApiOptions(
    withFunctionOptions(
      new Command("update")
        .summary("make a new version of a stored function")
        .description(
          "Makes a new version of a stored function. What is not given stays as it is, and so does where calls go.\n" +
            "It is refused when somebody else has changed the function in between.",
        )
        .argument("<function>", "its label or its id")
        .argument("[file]", "its new source; - reads it from standard input")
        .option("--label <label>", "a new label"),
    ),
  )
    .addHelpText(
      "after",
      `
Examples:
  fmesh functions update greet greet.ts
  fmesh functions update greet --timeout 30 --description 'Takes its time'
  fmesh functions update greet --min 1 --memory 512Mi --network full

${EXIT_CODES}`,
    )
    .action(async (name: string, file: string | undefined, options: ChangeOptions & { readonly label?: string }) => {
      const { label } = options;
      const parts = { ...givenParts(options), ...(label !== undefined && { label }) };
      const handler = file === undefined ? {} : { handler: await readSource(file) };
      const api = await ApiClient.open(options);
      const { item: before, tag } = await findFunction(api, name);
      const body = withParts(before, { ...parts, ...handler });
      const { item } = await api.request<StoredFunction>(functionPath(before.id), {
        method: "PUT",
        body,
        ifMatch: tag,
      });
      told(item, "updated", options);
    });
}

/** `fmesh functions delete`. */
export function deleteFunctionCommand(): Command {
  return withApiOptions(
    new Command("delete")
      .summary("delete a stored function")
      .description(
        "Deletes a stored function with all its versions. One that is deployed is ended before. Its events stay.",
      )
      .argument("<function>", "its label or its id"),
  )
    .addHelpText("after", `\nExample:\n  fmesh functions delete greet\n\n${EXIT_CODES}`)
    .action(async (name: string, options: ApiOptions) => {
      const api = await ApiClient.open(options);
      const { item, tag } = await findFunction(api, name);
      await api.request(functionPath(item.id), { method: "DELETE", ifMatch: tag });
      told(item, "deleted", options);
    });
}

function told(stored: StoredFunction, what: string, { json }: ApiOptions): void {
  if (json === true) printJson(stored);
  else printLines([`${what} "${stored.label}", version ${stored.version} (${stored.id})`]);
}

async function readSource(file: string): Promise<string> {
  if (file === "-") return Bun.stdin.text();
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    throw new Failure(`the source "${file}" cannot be read (${code}); name a file, or - for standard input`, { cause });
  }
}
