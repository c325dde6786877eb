/** A JSON Schema as far as it is looked at here: anything may be in it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** How many references may lead to each other before they are taken for a circle. */
const MOST_REFERENCES = 20;

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A schema with its reference followed; `undefined` for one that says nothing, or leads nowhere. */
export function resolveSchema(schema: unknown, root: unknown): JsonSchema | undefined {
  let current = schema;
  for (let steps = 0; steps < MOST_REFERENCES; steps++) {
    if (!isObject(current)) return undefined;
    const { $ref: reference, ...beside } = current;
    if (typeof reference !== "string") return current;
    const target = lookUp(reference, root);
    current = isObject(target) ? { ...target, ...beside } : undefined;
  }
  return undefined;
}

/** What members of objects there may be, with whether they have to. */
export function membersOf(schema: JsonSchema): { name: string; schema: unknown; isRequired: boolean }[] {
  const { properties, required } = schema;
  const names: readonly unknown[] = Array.isArray(required) ? required : [];
  return Object.entries(isObject(properties) ? properties : {}).map(([name, member]) => ({
    name,
    schema: member,
    isRequired: names.includes(name),
  }));
}

/** The alternatives of a schema that has some. */
export function alternativesOf({ oneOf, anyOf }: JsonSchema): readonly unknown[] | undefined {
  const list = oneOf ?? anyOf;
  return Array.isArray(list) ? (list as readonly unknown[]) : undefined;
}

/** What a value has to be besides its type, in words. */
export function constraintsOf(schema: JsonSchema): string[] {
  const { type, format, pattern, minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const { minLength, maxLength, minItems, maxItems, uniqueItems } = schema;
  const say = (value: unknown, words: (text: string) => string): string[] =>
    typeof value === "number" || typeof value === "string" ? [words(String(value))] : [];
  return [
    ...(type === "integer" ? ["whole number"] : []),
    ...say(format, (text) => text),
    ...say(minimum, (text) => `at least ${text}`),
    ...say(exclusiveMinimum, (text) => `more than ${text}`),
    ...say(maximum, (text) => `at most ${text}`),
    ...say(exclusiveMaximum, (text) => `less than ${text}`),
    ...say(multipleOf, (text) => `a multiple of ${text}`),
    ...say(minLength, (text) => `at least ${text} ${text === "1" ? "character" : "characters"}`),
    ...say(maxLength, (text) => `at most ${text} ${text === "1" ? "character" : "characters"}`),
    ...say(pattern, (text) => `like ${text}`),
    ...say(minItems, (text) => `at least ${text} ${text === "1" ? "item" : "items"}`),
    ...say(maxItems, (text) => `at most ${text} ${text === "1" ? "item" : "items"}`),
    ...(uniqueItems === true ? ["each once"] : []),
  ];
}

function lookUp(reference: string, root: unknown): unknown {
  if (!reference.startsWith("#")) return undefined;
  const steps = reference.slice(1).split("/").slice(1);
  return steps.reduce<unknown>((place, step) => {
    const name = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
    return isObject(place) || Array.isArray(place) ? (place as Readonly<Record<string, unknown>>)[name] : undefined;
  }, root);
}
