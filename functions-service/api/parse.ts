import * as v from "valibot";
import { type Issue, MeshError } from "../../mesh/errors.ts";

const JSON_TYPE = /^application\/([\w.-]+\+)?json\s*(;|$)/i;

/**
 * The parts of a path.
 * @throws MeshError `function_not_found`: what cannot be the name of anything names nothing.
 */
export function parsePath<S extends v.GenericSchema>(schema: S, given: unknown, { pathname }: URL): v.InferOutput<S> {
  const parsed = v.safeParse(schema, given);
  if (parsed.success) return parsed.output;
  throw new MeshError("function_not_found", `there is nothing at ${pathname}`);
}

/** @throws MeshError `invalid_request` with every issue, also for names that the schema does not know. */
export function parseQuery<S extends v.GenericSchema>(schema: S, query: URLSearchParams): v.InferOutput<S> {
  const given = Object.fromEntries(
    [...new Set(query.keys())].map((name) => {
      const values = query.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
  return parse("query", schema, given);
}

/** @throws MeshError `invalid_request`: status 415 for another media type than JSON, 400 for what is no JSON or does not fit. */
export async function parseBody<S extends v.GenericSchema>(schema: S, request: Request): Promise<v.InferOutput<S>> {
  const text = await request.text();
  if (text === "") return parse("body", schema, undefined);
  const type = request.headers.get("Content-Type");
  if (type !== null && !JSON_TYPE.test(type)) {
    const problem = `the body is ${JSON.stringify(type)}; send application/json`;
    throw new MeshError("invalid_request", problem, { status: 415 });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new MeshError("invalid_request", "the body is not valid JSON", { cause: error });
  }
  return parse("body", schema, value);
}

function parse<S extends v.GenericSchema>(root: string, schema: S, value: unknown): v.InferOutput<S> {
  const parsed = v.safeParse(schema, value, { abortPipeEarly: true });
  if (parsed.success) return parsed.output;
  const issues = parsed.issues.map(toIssue);
  const [{ path, message }] = issues as [Issue, ...Issue[]];
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
  throw new MeshError("invalid_request", `${[root, ...path].join(".")}: ${message}${more}`, { issues });
}

function toIssue({ path, message }: v.BaseIssue<unknown>): Issue {
  return { path: (path ?? []).map(({ key }) => (typeof key === "number" ? key : String(key))), message };
}
