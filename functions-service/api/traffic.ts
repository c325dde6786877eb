import * as v from "valibot";
import { MeshError } from "../../mesh/errors.ts";
import type { Traffic } from "../../mesh/function.ts";
import { conditionOf } from "./entity-tag.ts";
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
    ({ params, headers, body }, parts) => direct(params.id, body, { headers, parts }),
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
    ({ params, headers, body }, parts) => direct(params.id, { [body.version]: 100 }, { headers, parts }),
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
    ({ params: { id }, headers }, parts) => direct(id, (current) => oneBack(id, current), { headers, parts }),
  ),
];

async function direct(
  id: string,
  traffic: Traffic | ((current: Traffic) => Traffic),
  { headers, parts }: { readonly headers: Headers; readonly parts: ApiParts },
): Promise<Response> {
  const { store, project } = parts;
  const condition = conditionOf(headers, await existingFunction(id, parts));
  return functionResponse(await store.functions.setTraffic(project, id, traffic, condition));
}

function oneBack(id: string, traffic: Traffic): Traffic {
  const served = Object.entries(traffic).flatMap(([version, percent]) => (percent > 0 ? [Number(version)] : []));
  const before = Math.max(0, ...served) - 1;
  if (before >= 1) return { [before]: 100 };
  const why = served.length === 0 ? "no version gets calls yet" : "its first version gets them";
  throw new MeshError("invalid_request", `calls of function "${id}" cannot go back: ${why}`, { status: 409 });
}
