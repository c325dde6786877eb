import * as v from "valibot";
import { type Operation, operation } from "./operation.ts";
import { JOB_FACE, requestJob, versionQuery } from "./request-job.ts";

export const BUILD_OPERATIONS: readonly Operation[] = [
  operation(
    {
      ...JOB_FACE,
      id: "buildFunction",
      path: "/api/v1/functions/build/{id}",
      summary: "Builds the image of a version",
      description: "Gives the job that is under way for the same version, when there is one.",
      query: v.strictObject({ version: versionQuery }),
      refusals: [404],
    },
    ({ params, query, headers }, parts, context) =>
      requestJob({ kind: "build", functionId: params.id, version: query.version }, { headers, parts, context }),
  ),
];
