import type { Log } from "../../mesh/log.ts";
import type { Deployer } from "../deployer.ts";
import type { KnativeSettings } from "../deployer/knative/settings.ts";

/** What running functions in a cluster needs. */
export interface KnativeHomeOptions {
  readonly settings: KnativeSettings & { readonly context?: string | undefined };
  /** Default: what `KUBECONFIG` names, the pod's own account, or `~/.kube/config`. */
  readonly kubeconfig: string | undefined;
  readonly projects: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
}

/** A deployer of a cluster. @throws DeployError saying why it cannot be reached. */
export async function openKnativeHome(options: KnativeHomeOptions): Promise<Deployer> {
  throw new Error(`not yet ${options.projects.join()}`);
}
