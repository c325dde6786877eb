import { MeshError } from "../../mesh/errors.ts";
import { existingFunction } from "./functions.ts";
import { type Operation, operation } from "./operation.ts";
import { functionParams } from "./schemas.ts";

export const DELIVERY_OPERATIONS: readonly Operation[] = (["build", "deploy"] as const).map((step) =>
  operation(
    {
      id: `${step}Function`,
      tag: "delivery",
      method: "post",
      path: `/api/v1/functions/${step}/{id}`,
      summary:
        step === "build" ? "Builds the latest version of a function" : "Deploys the latest version of a function",
      description: "Refused as long as no builder serves the project.",
      params: functionParams,
      refusals: [404, 503],
    },
    async ({ params }, parts) => {
      const { label } = await existingFunction(params.id, parts);
      const text = `function "${label}" cannot be ${step === "build" ? "built" : "deployed"}: no builder serves project "${parts.project}"`;
      throw new MeshError("worker_unavailable", text, { retryAfterSeconds: 60 });
    },
  ),
);
