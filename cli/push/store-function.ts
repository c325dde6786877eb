import type { FunctionInput, StoredFunction } from "../../mesh/function.ts";
import type { ApiClient } from "../api/api-client.ts";
import { withParts } from "../api/function-options.ts";
import { FUNCTIONS_PATH, functionId, functionPath, inputOf } from "../api/functions.ts";
import type { ManifestParts } from "./manifest-parts.ts";

/** What became of a function that was pushed. */
export interface Pushed {
  readonly state: "created" | "updated" | "unchanged";
  readonly stored: StoredFunction;
}

/** What a push says of a function; the rest stays as it is. */
export type PushedParts = Pick<FunctionInput, "label" | "template" | "runtime" | "handler" | "dependencies"> &
  ManifestParts;

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
  const body = withParts(before, parts);
  if (Bun.deepEquals(body, inputOf(before))) return { state: "unchanged", stored: before };
  const { item } = await api.request<StoredFunction>(functionPath(id), { method: "PUT", body, ifMatch: tag });
  return { state: "updated", stored: item };
}
