import * as v from "valibot";
import type { DeployedFunction } from "../../mesh/deployment.ts";
import { MeshError } from "../../mesh/errors.ts";
import type { Traffic } from "../../mesh/function.ts";
import { servedVersions } from "../traffic.ts";
import { deployerOf } from "./deployer-of.ts";
import { conditionOf } from "./entity-tag.ts";
import { IF_MATCH, existingFunction, functionResponse } from "./functions.ts";
import { type ApiParts, type Operation, type OperationFace, type RequestContext, operation } from "./operation.ts";
import { functionParams, functionSchema, trafficSchema } from "./schemas.ts";
import { refuseUndeployed, settleTraffic } from "./settle-traffic.ts";

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
      refusals: [404, 409, 412, 415, 503],
    },
    ({ params, headers, body }, parts, context) => direct(params.id, () => body, { headers, parts, context }),
  ),
  operation(
    {
      ...face,
      id: "promoteVersion",
      method: "post",
      path: `${PATH}/promote`,
      summary: "Sends all calls to one version",
      body: promotion,
      refusals: [404, 409, 412, 415, 503],
    },
    ({ params, headers, body: { version } }, parts, context) =>
      direct(params.id, () => ({ [version]: 100 }), { headers, parts, context }),
  ),
  operation(
    {
      ...face,
      id: "rollback",
      method: "post",
      path: `${PATH}/rollback`,
      summary: "Sends all calls to the version before the newest that gets any",
      description: "Of a function that is deployed: to the one before that is deployed.",
      refusals: [404, 409, 412, 503],
    },
    ({ params: { id }, headers }, parts, context) =>
      direct(id, (current, deployed) => oneBack(id, current, deployed), { headers, parts, context }),
  ),
];

/** What traffic is to be, by what it is and by how the function is deployed, when it is. */
type NextTraffic = (current: Traffic, deployed: DeployedFunction | undefined) => Traffic;

/** Only what is deployed concerns a deployer, and only then is it asked; before anything changes, so that it can be done again. */
async function direct(
  id: string,
  next: NextTraffic,
  {
    headers,
    parts,
    context,
  }: { readonly headers: Headers; readonly parts: ApiParts; readonly context: RequestContext },
): Promise<Response> {
  const { project } = parts;
  const { functions } = parts.store;
  const found = await existingFunction(id, parts);
  const condition = conditionOf(headers, found);
  const deployer = (await functions.isHandedOver(project, id)) ? deployerOf(parts, context) : undefined;
  const deployed = await deployer?.describe(found.label);
  const change = (current: Traffic): Traffic => {
    const wanted = next(current, deployed);
    if (deployed !== undefined) refuseUndeployed(wanted, deployed);
    return wanted;
  };
  const changed = await functions.setTraffic(project, id, change, condition);
  if (deployer === undefined || deployed === undefined) return functionResponse(changed);
  return functionResponse(await settleTraffic(changed, { deployer, parts }));
}

function oneBack(id: string, traffic: Traffic, deployed: DeployedFunction | undefined): Traffic {
  const newest = servedVersions(traffic).at(-1) ?? 0;
  const runnable = deployed?.versions.filter(({ state }) => state !== "failed").map(({ version }) => version);
  const before = Math.max(0, ...(runnable ?? [newest - 1]).filter((version) => version < newest));
  if (before >= 1) return { [before]: 100 };
  const first = deployed === undefined ? "its first version gets them" : "no version before is deployed and runs";
  const why = newest === 0 ? "no version gets calls yet" : first;
  throw new MeshError("invalid_request", `calls of function "${id}" cannot go back: ${why}`, { status: 409 });
}
