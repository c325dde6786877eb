import type { ServiceDescription } from "../../mesh/mesh-view.ts";
import { printable } from "../terminal/printable.ts";

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

function schemaLines(label: string, schema: unknown): string[] {
  if (schema === null) return [];
  const [first = "", ...more] = JSON.stringify(schema, undefined, 2).split("\n");
  return [`  ${label} ${first}`, ...more.map((line) => `  ${line}`)];
}
