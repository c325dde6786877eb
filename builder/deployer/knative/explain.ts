import type { Deployment } from "../../../mesh/deployment.ts";
import { DeployError, type DeployErrorCode } from "../deploy-error.ts";
import type { Cause } from "./cause.ts";

/** What is in the way, for the function's author: what happened, to what, and what to do. */
export function explained(
  { code, text }: Pick<Cause, "code" | "text">,
  { label, version, resources }: Pick<Deployment, "label" | "version" | "resources">,
  { namespace, seconds }: { readonly namespace: string; readonly seconds: number },
): DeployError {
  const it = `version ${version} of "${label}"`;
  const because = text === "" ? "" : `: ${text}`;
  const sentences: Partial<Record<DeployErrorCode, string>> = {
    image_unavailable: `the image of ${it} cannot be had${because}; see that the cluster reaches the registry and may pull from it (deployer.knative.imagePullSecrets)`,
    secret_missing: `${it} refers to a secret that is not in the namespace "${namespace}"${because}; create it and deploy again`,
    quota: `there is no room for ${it}${because}; let it ask for less (resources), or make room in the namespace "${namespace}"`,
    out_of_memory: `${it} used more than its ${resources.memory} of memory and was ended; give it more (resources.memory)`,
    crash_loop: `${it} keeps ending${because}; its log says more`,
    start_failed: `${it} ended before it took calls${because}; its log says more`,
    forbidden: `the cluster does not let ${it} run${because}`,
    conflict: `somebody else manages what ${it} needs${because}`,
    not_ready: `${it} took no calls within ${seconds} s${because}; its log says more`,
  };
  return new DeployError(code, sentences[code] ?? `${it} does not run${because}`);
}
