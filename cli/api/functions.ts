import type { FunctionInput, FunctionVersion, StoredFunction, Traffic } from "../../mesh/function.ts";
import { Failure } from "../failure.ts";
import { printable } from "../terminal/printable.ts";
import type { ApiClient, Tagged } from "./api-client.ts";
import type { Listing } from "./print.ts";

export const FUNCTIONS_PATH = "/api/v1/functions";

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Where the API keeps one function. */
export function functionPath(id: string): string {
  return `${FUNCTIONS_PATH}/${encodeURIComponent(id)}`;
}

/**
 * The function that a person means by its label or its id.
 * @throws Failure when there is none, and as `ApiClient.request`.
 */
export async function findFunction(api: ApiClient, labelOrId: string): Promise<Tagged<StoredFunction>> {
  if (ID.test(labelOrId)) return api.request<StoredFunction>(functionPath(labelOrId));
  const id = await functionId(api, labelOrId);
  if (id !== undefined) return api.request<StoredFunction>(functionPath(id));
  throw new Failure(`there is no function "${labelOrId}"; \`fmesh functions list\` shows those there are`);
}

/** The id of the function with that label, if there is one. @throws Failure as `ApiClient.request`. */
export async function functionId(api: ApiClient, label: string): Promise<string | undefined> {
  for await (const stored of api.all<StoredFunction>(FUNCTIONS_PATH)) if (stored.label === label) return stored.id;
  return undefined;
}

/** What a client may say of a function, as it stands. */
export function inputOf(stored: FunctionVersion): FunctionInput {
  const { label, description, template, runtime, handler, dependencies } = stored;
  const { env, secrets, timeoutMs, scale, resources, network } = stored;
  return {
    ...{ label, description, template, runtime, handler, dependencies },
    ...{ env, secrets, timeoutMs, scale, resources, network },
  };
}

/** Shares of the calls in words: `3: 90 %, 4: 10 %`. */
export function trafficText(traffic: Traffic): string {
  const shares = Object.entries(traffic).map(([version, percent]) => `${version}: ${percent} %`);
  return shares.length === 0 ? "–" : shares.join(", ");
}

export const FUNCTION_LISTING: Listing<StoredFunction> = {
  columns: [
    { title: "LABEL", cell: ({ label }) => printable(label) },
    { title: "VERSION", align: "right", cell: ({ version }) => String(version) },
    { title: "STATUS", cell: ({ status }) => status },
    { title: "TRAFFIC", leaveOut: 2, cell: ({ traffic }) => trafficText(traffic) },
    { title: "RUNTIME", leaveOut: 1, cell: ({ runtime }) => runtime },
    { title: "UPDATED", leaveOut: 3, cell: ({ updatedAt }) => updatedAt },
    { title: "ID", leaveOut: 4, cell: ({ id }) => id },
  ],
  isBad: ({ status }) => status === "failed",
  empty: "no function is stored; `fmesh functions create` stores one",
};

export const VERSION_LISTING: Listing<FunctionVersion> = {
  columns: [
    { title: "VERSION", align: "right", cell: ({ version }) => String(version) },
    { title: "CREATED", cell: ({ createdAt }) => createdAt },
    { title: "BY", cell: ({ createdBy }) => printable(createdBy) },
    { title: "RUNTIME", leaveOut: 1, cell: ({ runtime }) => runtime },
    { title: "DESCRIPTION", leaveOut: 2, cell: ({ description }) => printable(description) },
  ],
  empty: "it has no versions",
};
