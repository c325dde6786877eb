import type { StandardJSONSchemaV1 } from "@standard-schema/spec";
import { type JsonSchema, toJsonSchema } from "@valibot/to-json-schema";
import type { GenericSchema } from "valibot";
import { type Schema, isSchema } from "./schema.ts";

/** Which face of a schema: what goes in, or what comes out of its defaults and transformations. */
export type SchemaSide = "input" | "output";

const TARGET = "draft-2020-12";

/**
 * A schema as the text of a JSON Schema (2020-12), to show and to generate from.
 * `undefined` when its library offers none, or when it says more than a JSON Schema can: the checks need none.
 */
export function jsonSchemaText(schema: Schema, side: SchemaSide): string | undefined {
  try {
    const converted = convert(schema, side);
    return converted && JSON.stringify(converted);
  } catch {
    // That is how the libraries say "not expressible": a transformation, a custom check, a class.
    return undefined;
  }
}

function convert(schema: Schema, side: SchemaSide): Record<string, unknown> | JsonSchema | undefined {
  if (hasOwnConverter(schema)) return schema["~standard"].jsonSchema[side]({ target: TARGET });
  if (!isValibot(schema)) return undefined;
  return toJsonSchema(schema, { target: TARGET, typeMode: side, errorMode: "throw" });
}

function hasOwnConverter(schema: unknown): schema is StandardJSONSchemaV1 {
  return isSchema(schema) && "jsonSchema" in schema["~standard"];
}

// Valibot keeps its converter in a package of its own; schemas of a copy of it convert as well.
function isValibot(schema: Schema): schema is GenericSchema {
  return schema["~standard"].vendor === "valibot";
}
