import type { StoredFunction } from "../../../mesh/function.ts";
import { HANDLER_TYPES } from "virtual:handler-types";

/** What a handler finds besides what every web server has. Node's modules and Bun's own API are there, and are not checked. */
const GLOBALS = `
/** The environment: variables and secrets of the settings. */
declare const process: { readonly env: Readonly<Record<string, string | undefined>> };
declare module "node:*";
`;
const BUN = "/** https://bun.com/docs/runtime */\ndeclare const Bun: any;\n";
const DENO = "/** https://docs.deno.com/api/deno */\ndeclare const Deno: any;\n";

/**
 * What the editor knows while somebody writes a handler: the kit, the runtime, and that its dependencies are there (what they
 * export is not known).
 */
export function editorTypes(
  runtime: StoredFunction["runtime"],
  dependencies: readonly string[],
): Readonly<Record<string, string>> {
  const packages = dependencies.map(
    (name) => `declare module ${JSON.stringify(name)};\ndeclare module ${JSON.stringify(`${name}/*`)};\n`,
  );
  const own = runtime === "bun" ? BUN : runtime === "deno" ? DENO : "";
  return { ...HANDLER_TYPES, "/globals.d.ts": `${GLOBALS}${own}${packages.join("")}` };
}
