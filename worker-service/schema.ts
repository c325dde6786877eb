import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type Issue, MeshError } from "../mesh/errors.ts";

/** A schema of any library that speaks Standard Schema: zod, valibot, arktype and others (https://standardschema.dev). */
export type Schema<Input = unknown, Output = Input> = StandardSchemaV1<Input, Output>;

/** Gives the parsed value, or a promise of it where the schema is asynchronous. */
export type Check = (value: unknown) => unknown;

/**
 * Checks what a caller sent.
 * @returns a check that throws, or rejects with, MeshError `invalid_request` holding every issue.
 */
export function inputCheck(schema: Schema): Check {
  return checkWith(schema, (issues) => new MeshError("invalid_request", inShort("params", issues), { issues }));
}

/**
 * Checks what a function is about to answer; with a stream, one item of it.
 * @returns a check that throws, or rejects with, MeshError `function_failed` whose cause names every issue.
 */
export function outputCheck(schema: Schema): Check {
  return checkWith(schema, (issues) => {
    const text = issues.map((issue) => describe("result", issue)).join("; ");
    return new MeshError("function_failed", "the function returned something else than it promises", {
      cause: new TypeError(`the result does not match the output schema: ${text}`),
    });
  });
}

/** Whether a value is a schema. Those of arktype are functions. */
export function isSchema(value: unknown): value is Schema {
  return (typeof value === "object" || typeof value === "function") && value !== null && "~standard" in value;
}

function checkWith(schema: Schema, toError: (issues: readonly Issue[]) => MeshError): Check {
  const settle = (result: StandardSchemaV1.Result<unknown>): unknown => {
    if (result.issues !== undefined) throw toError(result.issues.map(toIssue));
    return result.value;
  };
  return (value) => {
    const result = schema["~standard"].validate(value);
    return result instanceof Promise ? result.then(settle) : settle(result);
  };
}

function toIssue({ message, path = [] }: StandardSchemaV1.Issue): Issue {
  // Array.from, because arktype's paths are arrays of a kind of their own, and so would be what their map gives.
  return { path: Array.from(path, toKey), message };
}

function toKey(segment: PropertyKey | StandardSchemaV1.PathSegment): string | number {
  const key = typeof segment === "object" ? segment.key : segment;
  return typeof key === "symbol" ? String(key) : key;
}

function inShort(root: string, issues: readonly Issue[]): string {
  const [first] = issues;
  if (first === undefined) return `${root}: not valid`;
  return describe(root, first) + (issues.length > 1 ? ` (and ${issues.length - 1} more)` : "");
}

function describe(root: string, { path, message }: Issue): string {
  return `${root}${path.map(toAccess).join("")}: ${message}`;
}

function toAccess(key: string | number): string {
  if (typeof key === "number") return `[${key}]`;
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
