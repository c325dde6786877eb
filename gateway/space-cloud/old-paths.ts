import { MeshError } from "../../mesh/errors.ts";
import type { CallPath } from "../call-path.ts";
import { spaceCloudPath } from "./call.ts";

/**
 * The paths of Space Cloud before 0.9, which name no project: it was the only one there was. Their patterns overlap those
 * of projects; they are not for the router of ordinary calls.
 */
export const oldPaths: readonly CallPath[] = ["functions", "faas"].map((word) => ({
  ...spaceCloudPath,
  route: `/v1/api/${word}/:service/:function`,
  address(_request, { onlyProject }) {
    if (onlyProject !== undefined) return { project: onlyProject };
    throw new MeshError(
      "invalid_request",
      `/v1/api/${word}/ names no project, and there is not exactly one; call /v1/api/{project}/functions/{service}/{function}`,
    );
  },
}));
