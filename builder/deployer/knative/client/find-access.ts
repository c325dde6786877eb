import { delimiter, join } from "node:path";
import { DeployError } from "../../deploy-error.ts";
import type { KubeAccess } from "./access.ts";
import { type InClusterOptions, inClusterAccess } from "./in-cluster.ts";
import { kubeconfigAccess } from "./kubeconfig/kubeconfig-access.ts";
import { readMerged } from "./kubeconfig/merged.ts";

export interface FindAccessOptions {
  /** A kubeconfig that is meant, and no other. */
  readonly kubeconfig?: string | undefined;
  /** A context of it; default the current one. */
  readonly context?: string | undefined;
  /** Read of it: `KUBECONFIG`, `HOME`, `KUBERNETES_SERVICE_HOST` and `…_PORT`; credential plugins get all of it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The clock that credentials are compared with. */
  readonly now?: () => Date;
  /** For pods; default where Kubernetes puts it. */
  readonly serviceAccountFolder?: InClusterOptions["folder"];
}

/**
 * Finds the way to a cluster as `kubectl` does: the kubeconfig that is named, those of `KUBECONFIG`, `~/.kube/config`, or, in a
 * pod, its service account.
 * @throws DeployError when there is none, or it says something that cannot be.
 */
export async function findAccess(options: FindAccessOptions): Promise<KubeAccess> {
  const { env, context, kubeconfig, now = () => new Date(), serviceAccountFolder: folder } = options;
  const files = filesOf(options);
  const merged = await readMerged(files);
  if (merged !== undefined && (merged.contexts.size > 0 || kubeconfig !== undefined || context !== undefined)) {
    return kubeconfigAccess(merged, { context, files, env, now });
  }
  const inCluster =
    kubeconfig === undefined && context === undefined
      ? await inClusterAccess({ env, ...(folder !== undefined && { folder }) })
      : undefined;
  if (inCluster !== undefined) return inCluster;
  const looked = files.map((file) => `"${file}"`).join(", ");
  throw new DeployError(
    "unreachable",
    `no cluster is known: there is no kubeconfig at ${looked}; name one that is there`,
  );
}

function filesOf({ kubeconfig, env }: FindAccessOptions): readonly string[] {
  if (kubeconfig !== undefined) return [kubeconfig];
  const listed = (env["KUBECONFIG"] ?? "").split(delimiter).filter((file) => file !== "");
  return listed.length > 0 ? listed : [join(env["HOME"] ?? "", ".kube", "config")];
}
