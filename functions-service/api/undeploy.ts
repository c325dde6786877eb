import type { StoredFunction } from "../../mesh/function.ts";
import { deployerOf } from "./deployer-of.ts";
import type { ApiParts, RequestContext } from "./operation.ts";

/**
 * Has a function removed by its deployer, also when nothing of it is there. Gives the function as it is then.
 * @throws MeshError as the deployer; `invalid_request`, status 409, while a job deploys it.
 */
export async function undeploy(
  { id, label }: StoredFunction,
  parts: ApiParts,
  context: RequestContext,
): Promise<StoredFunction> {
  const { functions } = parts.store;
  await functions.refuseWhileDeploying(parts.project, id);
  await deployerOf(parts, context).remove(label);
  return functions.takeBack(parts.project, id);
}
