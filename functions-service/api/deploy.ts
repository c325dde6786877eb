import * as v from "valibot";
import { type Operation, operation } from "./operation.ts";
import { JOB_FACE, requestJob, versionQuery } from "./request-job.ts";

const percentQuery = v.optional(
  v.pipe(
    v.string(),
    v.regex(/^\d{1,3}$/, "name a percentage, like 10"),
    v.transform(Number),
    v.number(),
    v.integer(),
    v.minValue(0),
    v.maxValue(100),
    v.description(
      "How many of the calls the version gets; the others keep their proportion of the rest. Default: 100.",
    ),
  ),
  "100",
);

export const DEPLOY_OPERATIONS: readonly Operation[] = [
  operation(
    {
      ...JOB_FACE,
      id: "deployFunction",
      path: "/api/v1/functions/deploy/{id}",
      summary: "Deploys a version, and sends calls to it once it is ready",
      description:
        "Builds its image before, where that was not done yet. Gives the job that is under way for the same version, when there is " +
        "one. A version that does not become ready changes nothing: calls go where they went.",
      query: v.strictObject({ version: versionQuery, percent: percentQuery }),
      refusals: [404, 409],
    },
    ({ params, query: { version, percent }, headers }, parts, context) =>
      requestJob({ kind: "deploy", functionId: params.id, version, percent }, { headers, parts, context }),
  ),
];
