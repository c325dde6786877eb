import { isObject, resolveSchema } from "../service/json-schema.ts";
import { shapeOf } from "./shape.ts";

/** Deeper than this nothing is filled in: a schema may go round in circles. */
const DEEPEST = 12;

/** What a form begins with: the schema's own default or example, else as little as it wants. */
export function initialValue(given: unknown, root: unknown = given, depth = 0): unknown {
  const schema = resolveSchema(given, root);
  if (schema === undefined || depth > DEEPEST) return null;
  const { default: usual, examples } = schema;
  if (usual !== undefined) return usual;
  if (Array.isArray(examples) && examples.length > 0) return examples[0] as unknown;
  const shape = shapeOf(schema, root);
  switch (shape.kind) {
    case "text":
      return "";
    case "number":
      return leastNumber(schema);
    case "boolean":
      return false;
    case "constant":
      return shape.value;
    case "constants":
      return shape.values[0];
    case "list":
      return Array.from({ length: shape.least }, () => initialValue(shape.item, root, depth + 1));
    case "object":
      return Object.fromEntries(
        shape.members
          .filter(({ isRequired }) => isRequired)
          .map(({ name, schema: member }) => [name, initialValue(member, root, depth + 1)]),
      );
    case "alternatives":
      return initialValue(shape.options[0], root, depth + 1);
    case "json":
      return schema["type"] === "array"
        ? []
        : isObject(schema["properties"]) || schema["type"] === "object"
          ? {}
          : null;
    default:
      return shape satisfies never;
  }
}

function leastNumber({ minimum, exclusiveMinimum }: Readonly<Record<string, unknown>>): number {
  if (typeof minimum === "number") return Math.max(0, minimum);
  if (typeof exclusiveMinimum === "number") return Math.max(0, Math.floor(exclusiveMinimum) + 1);
  return 0;
}
