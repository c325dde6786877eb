import type { GenericSchema } from "valibot";
import { ERROR_CODES } from "../../mesh/errors.ts";
import { PROBLEM_TYPE } from "../../mesh/problem.ts";
import { COMPONENTS, type JsonSchema, schemaOf } from "./json-schema.ts";
import type { ObjectSchema, Operation, Success } from "./operation.ts";
import { problemSchema } from "./schemas.ts";

/** The document of operations as OpenAPI 3.1. */
export function openApiDocument(operations: readonly Operation[], version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) (paths[operation.path] ??= {})[operation.method] = toDocument(operation);
  return {
    openapi: "3.1.0",
    info: {
      title: "Functions Mesh: functions and events",
      version,
      description: "Stored functions, their versions, and the events that are kept of a project.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    security: [{ token: [] }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: Object.fromEntries(
        Array.from(COMPONENTS, ([schema, { name, side }]) => [name, schemaOf(schema, { side, inPlace: true })]),
      ),
      parameters: { Project: PROJECT },
      securitySchemes: { token: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
    },
  };
}

const PROJECT = {
  name: "X-Fmesh-Project",
  in: "header",
  description: "The project; may be left out where the gateway has only one.",
  schema: { type: "string" },
};

/** What any request can meet with: at the gateway's rules, or in what it says. */
const EVERYWHERE = [400, 401, 403];

const MEANINGS: Readonly<Record<number, string>> = {
  400: "The request is not valid",
  404: "There is no such thing",
  409: "It does not go with what is there",
  412: "It has changed since",
  415: "The body is not JSON",
  503: "Nobody serves it at the moment",
};

function toDocument(operation: Operation): Record<string, unknown> {
  const { id, tag, summary, description, params, query, headers = {}, body, success, refusals } = operation;
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    parameters: [
      { $ref: "#/components/parameters/Project" },
      ...parametersOf("path", params),
      ...parametersOf("query", query),
      ...Object.entries(headers).map(([name, text]) => ({
        name,
        in: "header",
        description: text,
        schema: { type: "string" },
      })),
    ],
    ...(body !== undefined && { requestBody: requestBody(body) }),
    responses: {
      ...(success !== undefined && toAnswer(success)),
      ...Object.fromEntries([...EVERYWHERE, ...refusals].map((status) => [status, refusal(status)])),
    },
  };
}

function parametersOf(place: "path" | "query", schema: ObjectSchema | undefined): unknown[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [], additionalProperties } = schemaOf(schema, { side: "output" });
  const named = Object.entries(properties).map(([name, property]) => {
    // What a schema says of itself is shown of its parameter. `true` is a schema that says nothing.
    const { description, ...rest } = typeof property === "boolean" ? {} : property;
    const about = description !== undefined && { description };
    return { name, in: place, ...about, ...(required.includes(name) && { required: true }), schema: rest };
  });
  if (place === "path" || additionalProperties === false) return named;
  const free = { type: "object", additionalProperties: { type: "string" } };
  return [...named, { name: "data", in: place, style: "form", explode: true, schema: free }];
}

function requestBody(schema: GenericSchema): unknown {
  const isOptional = schema.type === "optional";
  return { required: !isOptional, content: { "application/json": { schema: schemaOf(schema, { side: "input" }) } } };
}

function toAnswer({ status, description, also = {}, body, texts = [], headers }: Success): Record<number, unknown> {
  const shown = {
    description,
    ...(headers && {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, text]) => [name, { description: text, schema: { type: "string" } }]),
      ),
    }),
  };
  if (body === "anything")
    return { [status]: { ...shown, content: ANYTHING }, 204: { description: "It answered nothing" } };
  const content = {
    ...(body && { "application/json": { schema: schemaOf(body, { side: "output" }) } }),
    ...Object.fromEntries(texts.map((type) => [type, { schema: { type: "string" } }])),
  };
  const answer = Object.keys(content).length === 0 ? shown : { ...shown, content };
  const answers: Record<number, unknown> = { [status]: answer };
  for (const [other, text] of Object.entries(also)) answers[Number(other)] = { ...answer, description: text };
  return answers;
}

const ANYTHING: Readonly<Record<string, { readonly schema: JsonSchema }>> = { "application/json": { schema: {} } };

function refusal(status: number): unknown {
  const [, known] = Object.entries(ERROR_CODES).find(([, code]) => code.status === status) ?? [];
  return {
    description: MEANINGS[status] ?? known?.title ?? "Refused",
    content: { [PROBLEM_TYPE]: { schema: schemaOf(problemSchema, { side: "output" }) } },
  };
}
