import { DeployError } from "../deploy-error.ts";
import { type Cluster, NAMESPACES, NETWORK_POLICIES, type Signalled } from "./cluster.ts";
import { FIELD_MANAGER, LABELS } from "./marks.ts";
import type { SettledKnative } from "./settings.ts";

const DNS_PORT = 53;
/** Of NATS, by TCP and by WebSocket. */
const BROKER_PORTS = [4222, 9222];

/** A namespace in which only pods run that ask for nothing. */
export function namespaceManifest(name: string) {
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name,
      labels: { [LABELS.managedBy]: FIELD_MANAGER, "pod-security.kubernetes.io/enforce": "restricted" },
    },
  };
}

/** Keeps functions that may reach nothing from reaching anything; those in the mesh reach names and brokers. */
export function networkPolicyManifest(namespace: string, { joinMesh }: Pick<SettledKnative, "joinMesh">) {
  const dns = ["UDP", "TCP"].map((protocol) => ({ protocol, port: DNS_PORT }));
  const broker = BROKER_PORTS.map((port) => ({ protocol: "TCP", port }));
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "functions-mesh-network-none", namespace, labels: { [LABELS.managedBy]: FIELD_MANAGER } },
    spec: {
      podSelector: { matchLabels: { [LABELS.managedBy]: FIELD_MANAGER, [LABELS.network]: "none" } },
      policyTypes: ["Egress"],
      egress: joinMesh === undefined ? [] : [{ ports: [...dns, ...broker] }],
    },
  };
}

/**
 * Makes the namespace of functions where there is none, and its policy. Without the right to, it is taken to be there.
 * @param onNews gets what could not be done and is worth knowing.
 */
export async function prepareNamespace(
  name: string,
  {
    cluster,
    settings,
    signal,
    onNews,
  }: { cluster: Cluster; settings: SettledKnative; onNews: (text: string) => void } & Signalled,
): Promise<void> {
  const call = { signal };
  await unlessForbidden(async () => {
    if ((await cluster.get(NAMESPACES, { name }, call)) !== undefined) return;
    await cluster.apply(NAMESPACES, namespaceManifest(name), call);
  });
  const isDone = await unlessForbidden(async () => {
    await cluster.apply(NETWORK_POLICIES, networkPolicyManifest(name, settings), call);
  });
  if (!isDone) onNews(`"network: none" is not enforced: network policies of "${name}" may not be changed`);
}

async function unlessForbidden(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof DeployError && error.code === "forbidden") return false;
    throw error;
  }
}
