import { type Broker, EMPTY_MESSAGE } from "../../mesh/broker.ts";
import type { FunctionDescription, ServiceDescription } from "../../mesh/mesh-view.ts";
import { announcementSubject } from "../../mesh/subjects.ts";
import { type InstanceInfo, readInfo } from "./announcements.ts";
import { askAll } from "./ask-all.ts";
import { projectOf } from "./stats-reader.ts";

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
  const ordered = infos.toSorted((a, b) => a.version.localeCompare(b.version, "en", { numeric: true }));
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

function parseSchema(text: string | undefined): unknown {
  if (text === undefined) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text; // a foreign worker may describe its input in words
  }
}
