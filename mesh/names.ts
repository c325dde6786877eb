import { MeshError } from "./errors.ts";

/**
 * The grammar of project, service and function names. Dots, `*`, `>` and spaces are NATS subject syntax: a name
 * that held one would be an injection, so everything that builds subjects checks first.
 */
export const NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** The service that keeps a project's stored functions and events; its HTTP API is `/api/…`. */
export const FUNCTIONS_SERVICE = "functions";

/** The service that makes images of functions; the functions service calls it. */
export const BUILDER_SERVICE = "builder";

/** The service that runs images of functions; the functions service calls it. */
export const DEPLOYER_SERVICE = "deployer";

/** Services of the house, by what they do: nothing else may have their names, and rules that name no service do not open them. */
export const HOUSE_SERVICES: Readonly<Record<string, string>> = {
  [FUNCTIONS_SERVICE]: "keeps stored functions",
  [BUILDER_SERVICE]: "builds functions",
  [DEPLOYER_SERVICE]: "runs functions",
};

/** The one function of the service that a stored function is deployed as; the service has its label. */
export const STORED_FUNCTION = "handler";

/** Where a function lives. */
export interface FunctionAddress {
  readonly project: string;
  readonly service: string;
  readonly function: string;
}

/** Whether `text` may be a project, service or function name: 1–64 letters, digits, `_` or `-`. */
export function isName(text: string): boolean {
  return NAME.test(text);
}

/**
 * Checks a name that came from outside.
 * @throws MeshError `invalid_request` quoting the name.
 */
export function checkName(kind: "project" | "service" | "function", name: string): void {
  if (!NAME.test(name)) {
    const shown = JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
    throw new MeshError("invalid_request", `${kind} name ${shown} is not valid: use 1 to 64 letters, digits, _ or -`);
  }
}

/** @throws MeshError `invalid_request` quoting the first name outside the grammar. */
export function checkAddress(address: FunctionAddress): void {
  checkName("project", address.project);
  checkName("service", address.service);
  checkName("function", address.function);
}
