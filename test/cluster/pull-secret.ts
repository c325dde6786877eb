import { readFile } from "node:fs/promises";
import type { KubeClient } from "../../builder/deployer/knative/client/kube-client.ts";
import { NAMESPACES, SECRETS, type Signalled } from "../../builder/deployer/knative/cluster.ts";
import { namespaceManifest } from "../../builder/deployer/knative/namespace.ts";
import type { ClusterUnderTest } from "./environment.ts";

export const PULL_SECRET = "registry";

/** Gives the cluster the log-in for the registry, where there is one in the file of this machine; answers whether there was. */
export async function givePullSecret(
  client: KubeClient,
  namespace: string,
  { logins, registry, registryInCluster, signal }: ClusterUnderTest & Signalled,
): Promise<boolean> {
  const auth = await loginOf(hostOf(registry), logins);
  if (auth === undefined) return false;
  await client.apply(NAMESPACES, namespaceManifest(namespace), { signal });
  const config = { auths: { [hostOf(registryInCluster ?? registry)]: { auth } } };
  const secret = {
    metadata: { name: PULL_SECRET, namespace },
    type: "kubernetes.io/dockerconfigjson",
    data: { ".dockerconfigjson": Buffer.from(JSON.stringify(config)).toString("base64") },
  };
  await client.apply(SECRETS, secret, { signal });
  return true;
}

async function loginOf(host: string, file: string | undefined): Promise<string | undefined> {
  const text = file === undefined ? "{}" : await readFile(file, "utf8").catch(() => "{}");
  const { auths = {} } = JSON.parse(text) as { auths?: Record<string, { auth?: string }> };
  const found = Object.entries(auths).find(([name]) => hostOf(name) === host);
  return found?.[1].auth;
}

function hostOf(address: string): string {
  const [host = ""] = address.replace(/^https?:\/\//, "").split("/");
  return host;
}
