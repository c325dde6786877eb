import type { Broker } from "../../mesh/broker.ts";
import { EMPTY_MESSAGE } from "../../mesh/broker.ts";
import { announcementSubject } from "../../mesh/names.ts";
import { askAll } from "../mesh/ask-all.ts";
import { printable } from "../terminal/printable.ts";
import { type InstanceInfo, readInfo } from "./announcements.ts";
import { projectOf } from "./stats-reader.ts";

/** A function as its service describes it. */
export interface FunctionDescription {
  readonly name: string;
  readonly subject: string;
  readonly description: string;
  /** `value`, `bytes` or `items`. */
  readonly receives: string;
  /** JSON Schema; `null` when none was given. */
  readonly inputSchema: unknown;
  readonly outputSchema: unknown;
}

/** A service as it describes itself: what `fmesh services <name> --json` prints. */
export interface ServiceDescription {
  readonly project: string | null;
  readonly name: string;
  readonly description: string;
  /** Of its instances; more than one while a new version is being rolled out. */
  readonly versions: readonly string[];
  readonly instances: readonly { readonly id: string; readonly version: string }[];
  readonly functions: readonly FunctionDescription[];
}

/** Asks a service's instances what they are; without a name, those of every service. */
export async function readInfos(
  broker: Broker,
  { name, project }: { readonly name?: string; readonly project: string | undefined },
): Promise<readonly InstanceInfo[]> {
  const replies = await askAll(broker, announcementSubject("INFO", name), EMPTY_MESSAGE);
  const infos = replies.flatMap(({ message }) => readInfo(message) ?? []);
  return infos.filter((info) => project === undefined || projectOf(info) === project);
}

/** One service out of what its instances say. Of a function that they describe differently, the last version counts. */
export function describeService(infos: readonly InstanceInfo[]): ServiceDescription | undefined {
  const ordered = infos.toSorted((a, b) => Bun.semver.order(a.version, b.version));
  const latest = ordered.at(-1);
  if (latest === undefined) return undefined;
  const functions = new Map(
    ordered.flatMap(({ endpoints }) => endpoints.map((endpoint) => [endpoint.name, describeFunction(endpoint)])),
  );
  return {
    project: projectOf(latest) ?? null,
    name: latest.name,
    description: latest.description,
    versions: [...new Set(ordered.map(({ version }) => version))],
    instances: ordered.map(({ id, version }) => ({ id, version })),
    functions: [...functions.values()],
  };
}

/** A service for a person to read. */
export function renderService({ name, description, versions, instances, functions }: ServiceDescription): string {
  const count = instances.length === 1 ? "1 instance" : `${instances.length} instances`;
  const lines = [`${name} ${versions.join(", ")}, ${count}`, ...(description === "" ? [] : [description])];
  for (const each of functions) {
    lines.push("", `${name}.${each.name}${each.description === "" ? "" : `: ${each.description}`}`);
    if (each.receives !== "value") lines.push(`  receives ${each.receives}`);
    lines.push(...schemaLines("input", each.inputSchema), ...schemaLines("output", each.outputSchema));
  }
  return `${printable(lines.join("\n"))}\n`;
}

function describeFunction({ name, subject, metadata }: InstanceInfo["endpoints"][number]): FunctionDescription {
  return {
    name,
    subject,
    description: metadata["description"] ?? "",
    receives: metadata["receives"] ?? "value",
    inputSchema: parseSchema(metadata["input_schema"]),
    outputSchema: parseSchema(metadata["output_schema"]),
  };
}

function schemaLines(label: string, schema: unknown): string[] {
  if (schema === null) return [];
  const [first = "", ...more] = JSON.stringify(schema, undefined, 2).split("\n");
  return [`  ${label} ${first}`, ...more.map((line) => `  ${line}`)];
}

function parseSchema(text: string | undefined): unknown {
  if (text === undefined) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text; // a foreign worker may describe its input in words
  }
}
