import { MeshError } from "../../mesh/errors.ts";
import type { FunctionInput, FunctionVersion, StoredFunction, Traffic } from "../../mesh/function.ts";
import type { FunctionVersionsTable, FunctionsTable } from "./tables.ts";

/** Columns of a version that hold what the client sent. */
type ContentColumns = Omit<FunctionVersionsTable, "function_id" | "version" | "created_at" | "created_by">;

/** How a function begins. */
export const UNSERVED = { status: "created", url: null, traffic: JSON.stringify({ 1: 100 }), handed_over: 0 } as const;

/** @throws MeshError `invalid_request` for text that not every database can hold. */
export function contentColumns(input: FunctionInput): ContentColumns {
  const { label, description, template, runtime, handler, timeoutMs, network } = input;
  refuseNul({ description, handler });
  return {
    label,
    description: description.toWellFormed(),
    template,
    runtime,
    handler: handler.toWellFormed(),
    env: JSON.stringify(input.env),
    secrets: JSON.stringify(input.secrets),
    dependencies: JSON.stringify(input.dependencies),
    timeout_ms: timeoutMs,
    scale: JSON.stringify(input.scale),
    resources: JSON.stringify(input.resources),
    network,
  };
}

/** A version as it is handed out. */
export function toVersion(row: Omit<FunctionVersionsTable, "function_id">): FunctionVersion {
  return {
    ...toInput(row),
    version: row.version,
    createdAt: new Date(row.created_at).toISOString(),
    createdBy: row.created_by,
  };
}

/** A function as it is handed out: what its latest version says, with when and by whom the first was made. */
export function toFunction(row: FunctionsTable & ContentColumns): StoredFunction {
  return {
    ...toVersion(row),
    id: row.id,
    project: row.project,
    status: row.status,
    url: row.url ?? undefined,
    traffic: toTraffic(row.traffic),
    updatedAt: new Date(row.updated_at).toISOString(),
  };
}

// The casts: these columns hold what contentColumns and the function store wrote.

/** Traffic as it is handed out. */
export function toTraffic(column: string): Traffic {
  return JSON.parse(column) as Traffic;
}

function toInput(row: ContentColumns): FunctionInput {
  return {
    label: row.label,
    description: row.description,
    template: row.template,
    runtime: row.runtime,
    handler: row.handler,
    env: JSON.parse(row.env) as FunctionInput["env"],
    secrets: JSON.parse(row.secrets) as FunctionInput["secrets"],
    dependencies: JSON.parse(row.dependencies) as FunctionInput["dependencies"],
    timeoutMs: row.timeout_ms,
    scale: JSON.parse(row.scale) as FunctionInput["scale"],
    resources: JSON.parse(row.resources) as FunctionInput["resources"],
    network: row.network,
  };
}

function refuseNul(texts: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(texts)) {
    if (text.includes("\0")) {
      const issue = { path: [name], message: "holds the character U+0000, which cannot be stored" };
      throw new MeshError("invalid_request", `${name} ${issue.message}`, { issues: [issue] });
    }
  }
}
