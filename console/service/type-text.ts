import { alternativesOf, constraintsOf, isObject, membersOf, resolveSchema } from "./json-schema.ts";

/** Deeper than this a type is not written out: it may go round in circles. */
const DEEPEST = 8;

/** Unquoted member names of TypeScript. */
const PLAIN_NAME = /^[A-Za-z_$][\w$]*$/;

/** A schema as a type of TypeScript, with what the type cannot say in comments. `null`, no schema, is `unknown`. */
export function typeText(schema: unknown): string {
  return write(schema, { root: schema, indent: "", depth: 0, isShort: false });
}

/** The same on one line, without what is deeper than the first level. */
export function shortTypeText(schema: unknown): string {
  return write(schema, { root: schema, indent: "", depth: 0, isShort: true });
}

interface Place {
  readonly root: unknown;
  readonly indent: string;
  readonly depth: number;
  readonly isShort: boolean;
}

function write(given: unknown, place: Place): string {
  const schema = resolveSchema(given, place.root);
  if (schema === undefined || place.depth > DEEPEST) return "unknown";
  if ("const" in schema) return JSON.stringify(schema["const"]);
  if (Array.isArray(schema["enum"])) return union(schema["enum"].map((value) => JSON.stringify(value)));
  const alternatives = alternativesOf(schema);
  if (alternatives !== undefined) return union(alternatives.map((each) => write(each, deeper(place))));
  const { type } = schema;
  if (Array.isArray(type)) return union(type.map((each) => write({ ...schema, type: each as unknown }, place)));
  switch (type) {
    case "integer":
    case "number":
      return "number";
    case "string":
    case "boolean":
    case "null":
      return type;
    case "array":
      return writeArray(schema, place);
    default:
      return type === "object" || isObject(schema["properties"]) ? writeObject(schema, place) : "unknown";
  }
}

function writeArray({ prefixItems, items }: Readonly<Record<string, unknown>>, place: Place): string {
  if (Array.isArray(prefixItems)) return `[${prefixItems.map((each) => write(each, deeper(place))).join(", ")}]`;
  const item = write(items, place.isShort ? deeper(place) : place);
  return / \| /.test(item) && !item.startsWith("{") ? `(${item})[]` : `${item}[]`;
}

function writeObject(schema: Readonly<Record<string, unknown>>, place: Place): string {
  const { root, indent, depth, isShort } = place;
  const members = membersOf(schema);
  const { additionalProperties: others } = schema;
  if (members.length === 0) return isObject(others) ? `Record<string, ${write(others, deeper(place))}>` : "{}";
  if (isShort && depth > 0) return "{ … }";
  if (isShort) {
    const short = members.map(({ name, schema: member, isRequired }) => {
      return `${nameText(name, isRequired)}: ${write(member, { ...place, depth: depth + 1 })}`;
    });
    return `{ ${short.join("; ")} }`;
  }
  const inner = `${indent}  `;
  const lines = members.map(({ name, schema: member, isRequired }) => {
    const type = write(member, { root, indent: inner, depth: depth + 1, isShort });
    return `${inner}${nameText(name, isRequired)}: ${type};${comment(resolveSchema(member, root))}`;
  });
  return `{\n${lines.join("\n")}\n${indent}}`;
}

function comment(schema: Readonly<Record<string, unknown>> | undefined): string {
  if (schema === undefined) return "";
  const { description, title } = schema;
  const said = typeof description === "string" ? description : typeof title === "string" ? title : "";
  const words = [...(said === "" ? [] : [said.replaceAll(/\s+/g, " ")]), ...constraintsOf(schema)];
  return words.length === 0 ? "" : ` // ${words.join(", ")}`;
}

function nameText(name: string, isRequired: boolean): string {
  return `${PLAIN_NAME.test(name) ? name : JSON.stringify(name)}${isRequired ? "" : "?"}`;
}

function union(types: readonly string[]): string {
  return types.length === 0 ? "never" : [...new Set(types)].join(" | ");
}

function deeper(place: Place): Place {
  return { ...place, depth: place.depth + 1 };
}
