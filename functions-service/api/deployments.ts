import * as v from "valibot";
import { deployedFunctionSchema } from "../../mesh/deployment.ts";
import { deployerOf } from "./deployer-of.ts";
import { existingDeployment } from "./deployment-of.ts";
import { existingFunction } from "./functions.ts";
import { type Operation, operation } from "./operation.ts";
import { functionParams } from "./schemas.ts";
import { undeploy } from "./undeploy.ts";

const ONE = "/api/v1/functions/{id}/deployment";

export const DEPLOYMENT_OPERATIONS: readonly Operation[] = [
  operation(
    {
      id: "listDeployments",
      tag: "deployments",
      method: "get",
      path: "/api/v1/deployments",
      summary: "Shows how all functions are deployed, by label",
      success: { status: 200, description: "The deployments", body: v.array(deployedFunctionSchema) },
      refusals: [503],
    },
    async (_request, parts, context) => Response.json(await deployerOf(parts, context).list()),
  ),
  operation(
    {
      id: "getDeployment",
      tag: "deployments",
      method: "get",
      path: ONE,
      summary: "Shows how a function is deployed",
      description:
        "As whoever runs it says, at this moment: its versions, how many of each run, and what is in the way.",
      params: functionParams,
      success: { status: 200, description: "The deployment", body: deployedFunctionSchema },
      refusals: [404, 503],
    },
    async ({ params: { id } }, parts, context) =>
      Response.json(await existingDeployment(await existingFunction(id, parts), { parts, context })),
  ),
  operation(
    {
      id: "undeployFunction",
      tag: "deployments",
      method: "delete",
      path: ONE,
      summary: "Ends a function with all its versions, and keeps it stored",
      description: "Calls in flight are finished first.",
      params: functionParams,
      success: { status: 204, description: "Nothing of it runs any more" },
      refusals: [404, 409, 503],
    },
    async ({ params: { id } }, parts, context) => {
      await undeploy(await existingFunction(id, parts), parts, context);
      return new Response(null, { status: 204 });
    },
  ),
];
