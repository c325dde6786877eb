import * as v from "valibot";
import { MeshError } from "../../mesh/errors.ts";
import { type StoredFunction, functionInputSchema } from "../../mesh/function.ts";
import { callerId } from "./caller-id.ts";
import { conditionOf, entityTag } from "./entity-tag.ts";
import { type ApiParts, type Operation, operation } from "./operation.ts";
import { PAGE_HEADERS, pageQuery, pageResponse, toPageRequest } from "./paging.ts";
import { functionParams, functionSchema } from "./schemas.ts";
import { undeploy } from "./undeploy.ts";

const PATH = "/api/v1/functions";
const ONE = `${PATH}/{id}` as const;
const ETAG = { ETag: "Names this state of the function." };

/** `If-Match` of operations that change a function. */
export const IF_MATCH = {
  "If-Match": "The `ETag` of the state that the change is based on; with another one it is refused.",
};

/** Clients of old list without paging, and expect all of them. */
const ALL = 1000;

export const FUNCTION_OPERATIONS: readonly Operation[] = [
  operation(
    {
      id: "listFunctions",
      tag: "functions",
      method: "get",
      path: PATH,
      summary: "Lists functions by label",
      description: `Up to ${ALL} at once when no \`limit\` is given.`,
      query: v.strictObject(pageQuery),
      success: { status: 200, description: "The functions", body: v.array(functionSchema), headers: PAGE_HEADERS },
      refusals: [],
    },
    async ({ query, url }, { store, project }) =>
      pageResponse(await store.functions.list(project, toPageRequest(query, ALL)), url),
  ),
  operation(
    {
      id: "createFunction",
      tag: "functions",
      method: "post",
      path: PATH,
      summary: "Creates a function, with its version 1",
      body: functionInputSchema,
      success: {
        status: 201,
        description: "The function",
        body: functionSchema,
        headers: { ...ETAG, Location: "The path of the function." },
      },
      refusals: [409, 415],
    },
    async ({ body }, { store, project }, context) => {
      const created = await store.functions.create(project, body, callerId(context));
      return functionResponse(created, { status: 201, headers: { Location: `${PATH}/${created.id}` } });
    },
  ),
  operation(
    {
      id: "getFunction",
      tag: "functions",
      method: "get",
      path: ONE,
      summary: "Shows a function as its latest version has it",
      params: functionParams,
      success: { status: 200, description: "The function", body: functionSchema, headers: ETAG },
      refusals: [404],
    },
    async ({ params }, parts) => functionResponse(await existingFunction(params.id, parts)),
  ),
  operation(
    {
      id: "updateFunction",
      tag: "functions",
      method: "put",
      path: ONE,
      summary: "Makes a new version of a function",
      description: "The body is the whole of it: what is left out gets its default. Calls go where they went before.",
      params: functionParams,
      headers: IF_MATCH,
      body: functionInputSchema,
      success: { status: 200, description: "The function", body: functionSchema, headers: ETAG },
      refusals: [404, 409, 412, 415],
    },
    async ({ params: { id }, body, headers }, parts, context) => {
      const { store, project } = parts;
      const condition = conditionOf(headers, await existingFunction(id, parts));
      return functionResponse(await store.functions.update(project, id, body, { by: callerId(context), ...condition }));
    },
  ),
  operation(
    {
      id: "deleteFunction",
      tag: "functions",
      method: "delete",
      path: ONE,
      summary: "Deletes a function with all its versions; its events stay",
      description: "One that is deployed is undeployed before.",
      params: functionParams,
      headers: IF_MATCH,
      success: { status: 204, description: "It is gone" },
      refusals: [404, 409, 412, 503],
    },
    async ({ params: { id }, headers }, parts, context) => {
      const { store, project } = parts;
      const found = await existingFunction(id, parts);
      let condition = conditionOf(headers, found);
      if (await store.functions.isHandedOver(project, id)) {
        const { updatedAt } = await undeploy(found, parts, context);
        if (condition.ifUpdatedAt !== undefined) condition = { ifUpdatedAt: updatedAt };
      }
      if (!(await store.functions.remove(project, id, condition))) throw noFunction(id);
      return new Response(null, { status: 204 });
    },
  ),
];

/** A function with its entity tag. */
export function functionResponse(
  shown: StoredFunction,
  init: { status?: number; headers?: HeadersInit } = {},
): Response {
  const response = Response.json(shown, init);
  response.headers.set("ETag", entityTag(shown));
  return response;
}

/** @throws MeshError `function_not_found`. */
export async function existingFunction(id: string, { store, project }: ApiParts): Promise<StoredFunction> {
  const found = await store.functions.get(project, id);
  if (found === undefined) throw noFunction(id);
  return found;
}

function noFunction(id: string): MeshError {
  return new MeshError("function_not_found", `there is no function "${id}"; list them with GET ${PATH}`);
}
