import type { Kind } from "../../../../builder/deployer/knative/cluster.ts";
import { findAccess } from "../../../../builder/deployer/knative/client/find-access.ts";
import {
  type KubeClient,
  kubeClient,
  type KubeClientOptions,
} from "../../../../builder/deployer/knative/client/kube-client.ts";
import { DeployError, type DeployErrorCode } from "../../../../builder/deployer/deploy-error.ts";
import type { KubernetesObject } from "../../../../builder/deployer/knative/objects.ts";
import type { NewObject } from "../../../support/kubernetes/objects.ts";
import type { Kubernetes } from "../../../support/kubernetes.ts";
import type { KubeconfigUser } from "../../../support/kubernetes/kubeconfig.ts";

export const CONFIG_MAPS: Kind = { apiVersion: "v1", kind: "ConfigMap", plural: "configmaps" };

/** A client that waits for next to nothing between attempts. */
export const SOON: Pick<KubeClientOptions, "backOff"> = { backOff: { firstMs: 5, mostMs: 20 } };

/** The signal of an operation that nobody ends. */
export const GO: { readonly signal: AbortSignal } = { signal: new AbortController().signal };

/** Opens a client for a user of the cluster, by default for somebody who may do everything. */
export async function openedClient(
  server: Kubernetes,
  { user = { token: server.token }, ...options }: { user?: KubeconfigUser } & Partial<KubeClientOptions> = {},
): Promise<KubeClient> {
  const access = await findAccess({ kubeconfig: await server.kubeconfig(user), env: process.env });
  return kubeClient({ access, ...SOON, ...options });
}

/** What an operation fails with: its code and its text. */
export async function failureOf(work: Promise<unknown>): Promise<{ code: DeployErrorCode; message: string }> {
  try {
    await work;
  } catch (error) {
    if (error instanceof DeployError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error("it did not fail");
}

/** A configuration map, for whatever needs an object without any meaning. */
export function configMap(
  name: string,
  data: Record<string, string> = {},
  namespace = "shop",
): KubernetesObject & NewObject & { readonly data: Record<string, string> } {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data };
}

export function namespace(name: string) {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name } };
}
