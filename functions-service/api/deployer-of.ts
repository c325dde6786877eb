import type { ServiceCallOptions } from "../../mesh/caller.ts";
import { DEPLOYER_SERVICE } from "../../mesh/names.ts";
import { DeployerClient } from "../deployer.ts";
import type { ApiParts, RequestContext } from "./operation.ts";

/** The project's deployer, asked in the name of a caller. Default time: all that the caller has. */
export function deployerOf(
  { project }: Pick<ApiParts, "project">,
  context: RequestContext,
  options: Pick<ServiceCallOptions, "timeoutMs"> = {},
): DeployerClient {
  return new DeployerClient(project, (name, params, signal) =>
    context.call(DEPLOYER_SERVICE, name, params, { ...options, ...(signal !== undefined && { signal }) }),
  );
}
