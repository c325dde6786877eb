import type { FunctionInput, StoredFunction } from "../../mesh/function.ts";
import type { ApiClient } from "../api/api-client.ts";
import { FUNCTIONS_PATH, functionId, functionPath, inputOf } from "../api/functions.ts";

/** What became of a function that was pushed. */
export interface Pushed {
  readonly state: "created" | "updated" | "unchanged";
  readonly stored: StoredFunction;
}

/** What a push says of a function; the rest stays as it is. */
export type PushedParts = Pick<FunctionInput, "label" | "template" | "runtime" | "handler" | "dependencies">;

/**
 * Stores a function, as a new one or as a new version of the one with its label. What is the same as the newest version makes
 * none.
 * @throws Failure when it is refused, also because somebody else has changed it in between.
 */
export async function storeFunction(api: ApiClient, parts: PushedParts): Promise<Pushed> {
  const id = await functionId(api, parts.label);
  if (id === undefined) {
    const { item } = await api.request<StoredFunction>(FUNCTIONS_PATH, { method: "POST", body: parts });
    return { state: "created", stored: item };
  }
  const { item: before, tag } = await api.request<StoredFunction>(functionPath(id));
  if (isSame(before, parts)) return { state: "unchanged", stored: before };
  const body = { ...inputOf(before), ...parts };
  const { item } = await api.request<StoredFunction>(functionPath(id), { method: "PUT", body, ifMatch: tag });
  return { state: "updated", stored: item };
}

function isSame(before: StoredFunction, { template, runtime, handler, dependencies }: PushedParts): boolean {
  const isSameSource = before.template === template && before.runtime === runtime && before.handler === handler;
  return isSameSource && listed(before.dependencies) === listed(dependencies);
}

function listed(dependencies: FunctionInput["dependencies"]): string {
  return JSON.stringify(Object.entries(dependencies).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
