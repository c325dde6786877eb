import * as v from "valibot";
import { MeshError } from "../../mesh/errors.ts";
import type { StoredFunction, Traffic } from "../../mesh/function.ts";
import { checkIfMatch } from "./entity-tag.ts";
import { IF_MATCH, existingFunction, functionResponse } from "./functions.ts";
import { type ApiParts, type OperationFace, type Operation, operation } from "./operation.ts";
import { functionParams, functionSchema, trafficSchema } from "./schemas.ts";

const PATH = "/api/v1/functions/{id}";
const promotion = v.object({ version: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(999_999_999)) });

const face = {
  tag: "versions",
  params: functionParams,
  headers: IF_MATCH,
  success: {
    status: 200,
    description: "The function",
    body: functionSchema,
    headers: { ETag: "Names its new state." },
  },
} as const satisfies Partial<OperationFace>;

export const TRAFFIC_OPERATIONS: readonly Operation[] = [
  operation(
    {
      ...face,
      id: "setTraffic",
      method: "put",
      path: `${PATH}/traffic`,
      summary: "Says which versions calls go to",
      body: trafficSchema,
      refusals: [404, 412, 415],
    },
    async ({ params, headers, body }, parts) => direct(await matchingFunction(params.id, headers, parts), body, parts),
  ),
  operation(
    {
      ...face,
      id: "promoteVersion",
      method: "post",
      path: `${PATH}/promote`,
      summary: "Sends all calls to one version",
      body: promotion,
      refusals: [404, 412, 415],
    },
    async ({ params, headers, body }, parts) =>
      direct(await matchingFunction(params.id, headers, parts), { [body.version]: 100 }, parts),
  ),
  operation(
    {
      ...face,
      id: "rollback",
      method: "post",
      path: `${PATH}/rollback`,
      summary: "Sends all calls to the version before the newest that gets any",
      refusals: [404, 409, 412],
    },
    async ({ params, headers }, parts) => {
      const current = await matchingFunction(params.id, headers, parts);
      return direct(current, oneBack(current), parts);
    },
  ),
];

async function matchingFunction(id: string, headers: Headers, parts: ApiParts): Promise<StoredFunction> {
  const current = await existingFunction(id, parts);
  checkIfMatch(headers, current);
  return current;
}

async function direct({ id }: StoredFunction, traffic: Traffic, { store, project }: ApiParts): Promise<Response> {
  return functionResponse(await store.functions.setTraffic(project, id, traffic));
}

function oneBack({ id, traffic }: StoredFunction): Traffic {
  const served = Object.entries(traffic).flatMap(([version, percent]) => (percent > 0 ? [Number(version)] : []));
  const before = Math.max(0, ...served) - 1;
  if (before >= 1) return { [before]: 100 };
  const why = served.length === 0 ? "no version gets calls yet" : "its first version gets them";
  throw new MeshError("invalid_request", `calls of function "${id}" cannot go back: ${why}`, { status: 409 });
}
