import { MeshError } from "../../mesh/errors.ts";
import { existingFunction } from "./functions.ts";
import { type Operation, operation } from "./operation.ts";
import { functionParams } from "./schemas.ts";

export const DEPLOY_OPERATIONS: readonly Operation[] = [
  operation(
    {
      id: "deployFunction",
      tag: "jobs",
      method: "post",
      path: "/api/v1/functions/deploy/{id}",
      summary: "Deploys the latest version of a function",
      description: "Refused as long as nobody deploys for the project.",
      params: functionParams,
      refusals: [404, 503],
    },
    async ({ params }, parts) => {
      const { label } = await existingFunction(params.id, parts);
      const text = `function "${label}" cannot be deployed: nobody deploys for project "${parts.project}"`;
      throw new MeshError("worker_unavailable", text, { retryAfterSeconds: 60 });
    },
  ),
];
