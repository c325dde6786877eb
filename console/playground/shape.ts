import { type JsonSchema, alternativesOf, isObject, membersOf, resolveSchema } from "../service/json-schema.ts";

/** What a part of a form is made of. */
export type Shape =
  | { readonly kind: "text"; readonly schema: JsonSchema }
  | { readonly kind: "number"; readonly schema: JsonSchema }
  | { readonly kind: "boolean" }
  | { readonly kind: "constant"; readonly value: unknown }
  | { readonly kind: "constants"; readonly values: readonly unknown[] }
  | { readonly kind: "object"; readonly members: ReturnType<typeof membersOf> }
  | { readonly kind: "list"; readonly item: unknown; readonly least: number }
  | { readonly kind: "alternatives"; readonly options: readonly unknown[] }
  /** No form for it: it is written as JSON. */
  | { readonly kind: "json" };

const JSON_SHAPE: Shape = { kind: "json" };

/** What a form shows for a schema. */
export function shapeOf(given: unknown, root: unknown): Shape {
  const schema = resolveSchema(given, root);
  if (schema === undefined) return JSON_SHAPE;
  if ("const" in schema) return { kind: "constant", value: schema["const"] };
  if (Array.isArray(schema["enum"])) return { kind: "constants", values: schema["enum"] };
  const options = alternativesOf(schema);
  if (options !== undefined && !("properties" in schema)) return { kind: "alternatives", options };
  if (options !== undefined || "allOf" in schema || "not" in schema) return JSON_SHAPE;
  const { type } = schema;
  if (Array.isArray(type))
    return { kind: "alternatives", options: type.map((each) => ({ ...schema, type: each as unknown })) };
  switch (type) {
    case "string":
      return { kind: "text", schema };
    case "number":
    case "integer":
      return { kind: "number", schema };
    case "boolean":
      return { kind: "boolean" };
    case "null":
      return { kind: "constant", value: null };
    case "array":
      return arrayShape(schema);
    default: {
      const members = membersOf(schema);
      return members.length > 0 || isEmptyObject(schema) ? { kind: "object", members } : JSON_SHAPE;
    }
  }
}

/** Which of the alternatives a value is of, or at least looks most like. */
export function fittingOption(value: unknown, options: readonly unknown[], root: unknown): number {
  const points = options.map((option) => likeness(value, option, root));
  return Math.max(0, points.indexOf(Math.max(...points)));
}

function arrayShape({ items, prefixItems, minItems }: JsonSchema): Shape {
  if (prefixItems !== undefined || !isObject(items)) return JSON_SHAPE;
  return { kind: "list", item: items, least: typeof minItems === "number" ? minItems : 0 };
}

function isEmptyObject({ type, additionalProperties }: JsonSchema): boolean {
  return type === "object" && additionalProperties === false;
}

/** How much a value is like what a schema describes: negative when it cannot be. */
function likeness(value: unknown, given: unknown, root: unknown): number {
  const shape = shapeOf(given, root);
  switch (shape.kind) {
    case "text":
      return typeof value === "string" ? 1 : -1;
    case "number":
      return typeof value === "number" ? 1 : -1;
    case "boolean":
      return typeof value === "boolean" ? 1 : -1;
    case "constant":
      return JSON.stringify(value) === JSON.stringify(shape.value) ? 4 : -4;
    case "constants":
      return shape.values.some((each) => JSON.stringify(each) === JSON.stringify(value)) ? 2 : -1;
    case "list":
      return Array.isArray(value) ? 1 : -1;
    case "object":
      if (!isObject(value)) return -1;
      return shape.members.reduce((sum, { name, schema, isRequired }) => {
        if (!(name in value)) return isRequired ? sum - 1 : sum;
        return sum + 1 + likeness(value[name], schema, root);
      }, 1);
    case "alternatives":
      return Math.max(...shape.options.map((option) => likeness(value, option, root)));
    case "json":
      return 0;
    default:
      return shape satisfies never;
  }
}
