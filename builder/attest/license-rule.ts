import parse from "spdx-expression-parse";
import * as v from "valibot";

const licenseSchema = v.union([
  v.object({ expression: v.string() }),
  v.object({ license: v.object({ id: v.string() }) }),
  v.object({ license: v.object({ name: v.string() }) }),
]);

interface Part {
  readonly name: string;
  readonly group?: string | undefined;
  readonly version?: string | undefined;
  readonly type: string;
  readonly licenses?: readonly v.InferOutput<typeof licenseSchema>[] | undefined;
  readonly components?: readonly Part[] | undefined;
}

const partSchema: v.GenericSchema<unknown, Part> = v.object({
  name: v.string(),
  group: v.optional(v.string()),
  version: v.optional(v.string()),
  type: v.string(),
  licenses: v.optional(v.array(licenseSchema)),
  components: v.optional(v.array(v.lazy(() => partSchema))),
});

const sbomSchema = v.object({ bomFormat: v.literal("CycloneDX"), components: v.optional(v.array(partSchema), []) });

/** Whether a bill of materials can be read at all. */
export function isReadableSbom(predicate: unknown): boolean {
  return v.is(sbomSchema, predicate);
}

/**
 * Says of every part of a bill of materials what is wrong with its licence: it is forbidden, or not known. A choice
 * (`MIT OR GPL-3.0-only`) is fine while one of the choices is.
 */
export function licenseProblems(predicate: unknown, forbidden: readonly string[]): readonly string[] {
  const parsed = v.safeParse(sbomSchema, predicate);
  if (!parsed.success) return ["the bill of materials cannot be read"];
  const patterns = forbidden.map(patternOf);
  return parsed.output.components.flatMap((part) => problemsOf(part, patterns));
}

function problemsOf(part: Part, forbidden: readonly RegExp[]): readonly string[] {
  const name =
    [part.group, part.name].filter(Boolean).join("/") + (part.version === undefined ? "" : `@${part.version}`);
  const inner = (part.components ?? []).flatMap((component) => problemsOf(component, forbidden));
  // A base image is no work of its own: what is in it is listed beside it.
  if (part.type === "container") return inner;
  const texts = (part.licenses ?? []).map(textOf);
  if (texts.length === 0) return [`"${name}" tells no licence`, ...inner];
  const bad = texts.filter((text) => isForbidden(text, forbidden));
  return [...bad.map((text) => `"${name}" is under "${text}"`), ...inner];
}

function textOf(license: v.InferOutput<typeof licenseSchema>): string {
  if ("expression" in license) return license.expression;
  return "id" in license.license ? license.license.id : license.license.name;
}

type Expression = ReturnType<typeof parse>;

function isForbidden(text: string, forbidden: readonly RegExp[]): boolean {
  let expression: Expression;
  try {
    expression = parse(text);
  } catch {
    // A name that SPDX does not know: compared as it is.
    return matches(text, forbidden);
  }
  return isForbiddenExpression(expression, forbidden);
}

function isForbiddenExpression(expression: Expression, forbidden: readonly RegExp[]): boolean {
  if ("conjunction" in expression) {
    const left = isForbiddenExpression(expression.left, forbidden);
    const right = isForbiddenExpression(expression.right, forbidden);
    return expression.conjunction === "or" ? left && right : left || right;
  }
  return matches(expression.license, forbidden);
}

function matches(license: string, forbidden: readonly RegExp[]): boolean {
  return forbidden.some((pattern) => pattern.test(license));
}

function patternOf(text: string): RegExp {
  const literal = text.split("*").map((part) => part.replace(/[^A-Za-z0-9]/g, "\\$&"));
  return new RegExp(`^${literal.join(".*")}$`, "i");
}
