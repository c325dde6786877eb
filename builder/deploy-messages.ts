import type { DeployMessage, Deployment } from "../mesh/deployment.ts";
import type { Log } from "../mesh/log.ts";
import type { Deployer } from "./deployer.ts";
import { toJobError } from "./failure.ts";
import { toldMessages } from "./told-messages.ts";

const INTERNAL = {
  code: "internal",
  message: "it could not be deployed for a reason of the deployer's own; its log has the details",
};

/**
 * Deploys, and tells how it goes: what happens, as it happens, and how it is deployed at last, or why it is not. Rejects with the
 * signal's reason when it aborts.
 */
export function deployMessages(
  deployer: Pick<Deployer, "deploy">,
  deployment: Deployment,
  { signal, log }: { readonly signal: AbortSignal; readonly log: Log },
): AsyncGenerator<DeployMessage, void, undefined> {
  return toldMessages<DeployMessage>(async (tell) => {
    try {
      tell({ deployed: await deployer.deploy(deployment, { signal, onProgress: tell }) });
    } catch (error) {
      if (signal.aborted) return;
      const shown = toJobError(error);
      if (shown === undefined) log.error("a deployment failed", { function: deployment.label, error });
      tell({ error: shown ?? INTERNAL });
    }
  }, signal);
}
