import type { Project } from "../api/admin-types.ts";
import { STORED_FUNCTION } from "../mesh/asleep.ts";
import { isObject } from "./json-schema.ts";

/** How much of a function's calls is recorded. */
export type RecordMode = "off" | "result" | "full";

/** Whether calls of a function are recorded: as it says itself, its service's `default`, or that of the service `default`. */
export function recordModeOf(project: Project | undefined, service: string, name: string): RecordMode {
  const services = project?.services ?? {};
  const own = services[service];
  const functions = own?.functions ?? services["default"]?.functions ?? {};
  return modeOf(functions[name]?.record) ?? modeOf(functions["default"]?.record) ?? "off";
}

/** What records of a function's calls say they are of. */
export function sourceOf(service: string, name: string): string {
  return name === STORED_FUNCTION ? service : `${service}.${name}`;
}

function modeOf(record: unknown): RecordMode | undefined {
  if (record === undefined) return undefined;
  const mode = isObject(record) ? record["mode"] : record;
  return mode === "full" || mode === "result" ? mode : "off";
}
