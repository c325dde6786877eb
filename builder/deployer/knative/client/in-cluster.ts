import { join } from "node:path";
import type { KubeAccess } from "./access.ts";
import { bearer } from "./bearer.ts";
import { readIfThere, readNeeded } from "./kubeconfig/read-file.ts";
import { steadyProof } from "./steady-proof.ts";

/** Where Kubernetes puts what a pod shows who it is with. */
const FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

export interface InClusterOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Default: where Kubernetes puts it. */
  readonly folder?: string;
}

/** The way from a pod to its own cluster; `undefined` when this is no pod, or one without a service account. */
export async function inClusterAccess({ env, folder = FOLDER }: InClusterOptions): Promise<KubeAccess | undefined> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = "443" } = env;
  if (host === undefined || host === "") return undefined;
  const [tokenFile, caFile] = [join(folder, "token"), join(folder, "ca.crt")];
  if ((await readIfThere(tokenFile)) === undefined) return undefined;
  const namespace = (await readIfThere(join(folder, "namespace")))?.trim();
  const origin = `the service account in "${folder}"`;
  const steady = steadyProof();
  return {
    server: new URL(`https://${host.includes(":") ? `[${host}]` : host}:${port}`),
    namespace: namespace === undefined || namespace === "" ? "default" : namespace,
    origin,
    warnings: [],
    // Both rotate; the kubelet writes them anew long before they end.
    async proof() {
      const [token, ca] = await Promise.all([
        readNeeded(tokenFile, { what: "the token of the service account", code: "unauthorized" }),
        readNeeded(caFile, { what: "the authority of the cluster", code: "unreachable" }),
      ]);
      return steady({ headers: { authorization: bearer(token.trim(), origin) }, tls: { ca } });
    },
    refused: () => true,
  };
}
