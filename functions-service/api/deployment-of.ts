import type { ServiceCallOptions } from "../../mesh/caller.ts";
import type { DeployedFunction } from "../../mesh/deployment.ts";
import { MeshError } from "../../mesh/errors.ts";
import type { StoredFunction } from "../../mesh/function.ts";
import { deployerOf } from "./deployer-of.ts";
import type { ApiParts, RequestContext } from "./operation.ts";

/** Where a function is asked about, and how long its deployer has. Default: all the time that the caller has. */
export interface AskedIn extends Pick<ServiceCallOptions, "timeoutMs"> {
  readonly parts: ApiParts;
  readonly context: RequestContext;
}

/** How a function is deployed, also by others; `undefined` when it is not. @throws MeshError as the deployer. */
export async function deploymentOf(
  { id, label }: StoredFunction,
  { parts, context, ...options }: AskedIn,
): Promise<DeployedFunction | undefined> {
  try {
    return await deployerOf(parts, context, options).describe(label);
  } catch (error) {
    // What was never given to a deployer needs none to be known for not deployed.
    const isUnserved = error instanceof MeshError && error.code === "worker_unavailable";
    if (isUnserved && !(await parts.store.functions.isHandedOver(parts.project, id))) return undefined;
    throw error;
  }
}

/** The same. @throws MeshError `function_not_found` when it is not deployed. */
export async function existingDeployment(stored: StoredFunction, asked: AskedIn): Promise<DeployedFunction> {
  const deployed = await deploymentOf(stored, asked);
  if (deployed !== undefined) return deployed;
  const text = `function "${stored.label}" is not deployed; deploy it with POST /api/v1/functions/deploy/${stored.id}`;
  throw new MeshError("function_not_found", text);
}
