import type { Endpoint, FunctionDefinition, Handler } from "./function.ts";
import { jsonSchemaText } from "./json-schema.ts";
import { inputCheck, outputCheck } from "./schema.ts";

/** How the host serves a function; `undefined` for a value that is none. */
export function toEndpoint(name: string, of: unknown): Endpoint | undefined {
  if (typeof of === "function") return plain(name, of as Handler, "value");
  return isDefinition(of) ? defined(name, of) : undefined;
}

/** How the host serves a fetch handler. */
export function toHttpEndpoint(name: string, handler: Handler): Endpoint {
  return plain(name, handler, "http");
}

function plain(name: string, handler: Handler, receives: "value" | "http"): Endpoint {
  const metadata = receives === "value" ? {} : { receives };
  return { name, handler, receives, checkInput: undefined, checkOutput: undefined, metadata };
}

function defined(name: string, { handler, receives, input, output, description }: FunctionDefinition): Endpoint {
  const metadata = {
    input_schema: input && jsonSchemaText(input, "input"),
    output_schema: output && jsonSchemaText(output, "output"),
    description,
    receives: receives === "value" ? undefined : receives,
  };
  return {
    name,
    handler,
    receives,
    checkInput: input && inputCheck(input),
    checkOutput: output && outputCheck(output),
    metadata: withoutUndefined(metadata),
  };
}

function isDefinition(value: unknown): value is FunctionDefinition {
  return typeof value === "object" && value !== null && "handler" in value && typeof value.handler === "function";
}

function withoutUndefined(of: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = Object.entries(of).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}
