import type { StoredFunction } from "../../../mesh/function.ts";
import type { ProjectTokens } from "../../api/project-tokens.ts";
import { FUNCTIONS_PATH } from "../functions-api.ts";

/** `id`: by its id, without its rule, and recorded. `mesh`: as everybody calls it, under its rule. */
export type CallWay = "id" | "mesh";

/** What came of a call. */
export interface MadeCall {
  readonly key: number;
  readonly way: CallWay;
  /** As it was sent. */
  readonly params: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly durationMs: number;
  /** HTTP; `undefined` when no answer came. */
  readonly status: number | undefined;
  readonly contentType: string;
  readonly body: string;
  /** What it is recorded as. */
  readonly invocation: string | undefined;
}

/** Which request a call is. */
export function requestOf(
  { id, label, project }: Pick<StoredFunction, "id" | "label" | "project">,
  { way, params }: { readonly way: CallWay; readonly params: string },
): { readonly path: string; readonly body: string } {
  if (way === "mesh") return { path: meshPath(project, label), body: params };
  const body = params.trim() === "" ? "{}" : `{"data":${params}}`;
  return { path: `${FUNCTIONS_PATH}/invoke/${encodeURIComponent(id)}`, body };
}

/** Where a function with that label is called. */
export function meshPath(project: string, label: string): string {
  return `/v1/call/${encodeURIComponent(project)}/${encodeURIComponent(label)}/handler`;
}

/** Calls a function, and takes the time. A refusal is an outcome like any other. */
export async function callFunction(
  fn: StoredFunction,
  { project, way, params }: { readonly project: string; readonly way: CallWay; readonly params: string },
  { tokens, signal }: { readonly tokens: ProjectTokens; readonly signal: AbortSignal },
): Promise<Omit<MadeCall, "key">> {
  const { path, body } = requestOf(fn, { way, params });
  const send = async (): Promise<Response> => {
    const headers = { "Content-Type": "application/json", "X-Fmesh-Project": project };
    const token = await tokens.get(project);
    return fetch(path, {
      ...{ method: "POST", body, signal, credentials: "omit" },
      headers: { ...headers, Authorization: `Bearer ${token}` },
    });
  };
  const at = Date.now();
  let began = performance.now();
  let response = await send();
  if (response.status === 401) {
    // The project's secret may have changed meanwhile.
    tokens.forget(project);
    began = performance.now();
    response = await send();
  }
  const text = await response.text();
  return {
    ...{ way, params, at },
    durationMs: performance.now() - began,
    status: response.status,
    contentType: response.headers.get("Content-Type") ?? "",
    body: text,
    invocation: response.headers.get("Fmesh-Invocation-Id") ?? undefined,
  };
}

/** JSON as people read it; anything else as it is. */
export function readable(body: string): { readonly text: string; readonly isJson: boolean } {
  try {
    return { text: JSON.stringify(JSON.parse(body), null, 2), isJson: true };
  } catch {
    // It may be text, or lines of a stream.
    return { text: body, isJson: false };
  }
}

/** What is wrong with params as JSON; `undefined` when nothing is. */
export function jsonProblem(params: string): string | undefined {
  if (params.trim() === "") return undefined;
  try {
    JSON.parse(params);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
