import type { Log } from "../../mesh/log.ts";
import type { Deployer } from "../deployer.ts";
import { findAccess } from "../deployer/knative/client/find-access.ts";
import { type KubeClient, kubeClient } from "../deployer/knative/client/kube-client.ts";
import { openKnativeDeployer } from "../deployer/knative.ts";
import type { KnativeSettings } from "../deployer/knative/settings.ts";

/** Which cluster is meant. */
export interface ClusterOptions {
  /** Default: what `KUBECONFIG` names, `~/.kube/config`, or the pod's own account. */
  readonly kubeconfig: string | undefined;
  /** Default: the file's current one. */
  readonly context: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
}

/** What running functions in a cluster needs. */
export interface KnativeHomeOptions extends ClusterOptions {
  readonly settings: KnativeSettings;
  /** Whose functions are followed from the beginning. */
  readonly projects: readonly string[];
}

/**
 * A deployer of a cluster, which is not asked for anything yet.
 * @throws DeployError when it cannot be told where it is.
 */
export async function openKnativeHome({ settings, projects, ...options }: KnativeHomeOptions): Promise<Deployer> {
  return openKnativeDeployer({ cluster: await openCluster(options), projects, settings, log: options.log });
}

/**
 * A client of the cluster that is meant. What the cluster advises is logged, each advice once.
 * @throws DeployError when it cannot be told where it is.
 */
export async function openCluster({ log, ...place }: ClusterOptions): Promise<KubeClient> {
  const access = await findAccess(place);
  const told = new Set<string>();
  const onWarning = (text: string): void => {
    if (told.has(text)) return;
    told.add(text);
    log.warn(text, { cluster: access.server.origin });
  };
  access.warnings.forEach(onWarning);
  return kubeClient({ access, onWarning });
}
