import type { HttpApi } from "../api/http-api.ts";
import type { StoredFunction } from "../../mesh/function.ts";

/** Where the API keeps the functions of a project. */
export const FUNCTIONS_PATH = "/api/v1/functions";

/** Where the API keeps one of them. */
export function functionPath(id: string): string {
  return `${FUNCTIONS_PATH}/${encodeURIComponent(id)}`;
}

/** A function, and what is sent as `If-Match` so that nothing is overwritten unseen. */
export interface TaggedFunction {
  readonly fn: StoredFunction;
  readonly etag: string | undefined;
}

/** In the cache: the functions of a project. All about them lies below, so that one invalidation reaches it. */
export function functionsKey(project: string): readonly string[] {
  return ["functions", project];
}

/** In the cache: one function with its tag. What belongs to it (versions, jobs, its deployment) lies below. */
export function functionKey(project: string, label: string): readonly string[] {
  return ["functions", project, "label", label];
}

/** All functions of a project, by label. */
export function listFunctions(api: HttpApi, signal?: AbortSignal): Promise<readonly StoredFunction[]> {
  return api.get<readonly StoredFunction[]>(FUNCTIONS_PATH, { signal });
}

/** A function by its id. */
export async function getFunction(api: HttpApi, id: string, signal?: AbortSignal): Promise<TaggedFunction> {
  const { value, etag } = await api.ask<StoredFunction>(functionPath(id), { signal });
  return { fn: value, etag };
}
