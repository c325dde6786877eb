import type { KubeClient } from "../../builder/deployer/knative/client/kube-client.ts";
import type { Kind, ObjectName, Signalled } from "../../builder/deployer/knative/cluster.ts";
import type { KubernetesObject } from "../../builder/deployer/knative/objects.ts";
import type { Closable } from "../../mesh/lifecycle.ts";
import { startCommand } from "../support/fmesh.ts";

const SERVICES: Kind = { apiVersion: "v1", kind: "Service", plural: "services" };
const NODES: Kind = { apiVersion: "v1", kind: "Node", plural: "nodes" };
const CONFIG_MAPS: Kind = { apiVersion: "v1", kind: "ConfigMap", plural: "configmaps" };

export type Visibility = "external" | "cluster-local";

/** Where the ingresses of Knative are, for calls from outside and from within. */
const KNOWN: Readonly<Record<Visibility, readonly (ObjectName & { readonly namespace: string })[]>> = {
  external: [
    { namespace: "kourier-system", name: "kourier" },
    { namespace: "istio-system", name: "istio-ingressgateway" },
    { namespace: "contour-external", name: "envoy" },
  ],
  "cluster-local": [
    { namespace: "kourier-system", name: "kourier-internal" },
    { namespace: "istio-system", name: "knative-local-gateway" },
    { namespace: "contour-internal", name: "envoy" },
  ],
};

interface Service extends KubernetesObject {
  readonly spec?: {
    readonly clusterIP?: string;
    readonly ports?: readonly { readonly port: number; readonly nodePort?: number }[];
  };
  readonly status?: {
    readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[] };
  };
}

interface Node extends KubernetesObject {
  readonly status?: { readonly addresses?: readonly { readonly type: string; readonly address: string }[] };
}

/** Without a domain of its own a cluster has routes for itself alone, whatever is asked for. */
export async function visibilityOf(client: KubeClient, call: Signalled): Promise<Visibility> {
  const name = { namespace: "knative-serving", name: "config-domain" };
  const found = await client.get<KubernetesObject & { data?: Record<string, string> }>(CONFIG_MAPS, name, call);
  const domains = Object.keys(found?.data ?? {}).filter(
    (domain) => !domain.startsWith("_") && !domain.endsWith(".local"),
  );
  return domains.length > 0 ? "external" : "cluster-local";
}

/**
 * Where routes can be called from this machine: at an address of the ingress, or by a port that `kubectl` forwards.
 * @throws Error saying that it has to be given.
 */
export async function findIngress(
  client: KubeClient,
  {
    visibility,
    kubeconfig,
    context,
    signal,
  }: Signalled & { visibility: Visibility; kubeconfig: string; context?: string | undefined },
): Promise<Closable & { readonly url: string }> {
  for (const name of KNOWN[visibility]) {
    const service = await client.get<Service>(SERVICES, name, { signal });
    if (service === undefined) continue;
    for (const url of await addressesOf(service, client, { signal })) {
      if (await answers(url)) return { url, close: async () => undefined };
    }
    if (Bun.which("kubectl") !== null) return forwarded(name, { kubeconfig, context });
  }
  const names = KNOWN[visibility].map(({ namespace, name }) => `${namespace}/${name}`).join(", ");
  throw new Error(
    `no ingress of Knative (${visibility}) is reached from here: ${names}; forward a port to it and say where, for example:\n` +
      `  kubectl -n kourier-system port-forward svc/${KNOWN[visibility][0]?.name ?? ""} 8081:80 & ` +
      `INGRESS=http://127.0.0.1:8081 VISIBILITY=${visibility} npm run test:cluster`,
  );
}

async function addressesOf({ spec, status }: Service, client: KubeClient, call: Signalled): Promise<readonly string[]> {
  const port = spec?.ports?.find((each) => each.port === 80);
  const balancers = (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => ip ?? hostname ?? []);
  const own = spec?.clusterIP === undefined || spec.clusterIP === "None" ? [] : [spec.clusterIP];
  const direct = [...balancers, ...own].map((host) => `http://${host}`);
  if (port?.nodePort === undefined) return direct;
  const nodes = await client.list<Node>(NODES, {}, call);
  const hosts = nodes.flatMap(({ status: node }) =>
    (node?.addresses ?? []).filter(({ type }) => type.endsWith("IP")).map(({ address }) => address),
  );
  return [...direct, ...[...hosts, "127.0.0.1"].map((host) => `http://${host}:${port.nodePort}`)];
}

async function forwarded(
  { namespace, name }: ObjectName,
  { kubeconfig, context }: { readonly kubeconfig: string; readonly context?: string | undefined },
): Promise<Closable & { readonly url: string }> {
  const chosen = context === undefined ? [] : ["--context", context];
  const command = ["kubectl", ...chosen, "-n", namespace ?? "", "port-forward", `svc/${name}`, ":80"];
  const forwarding = startCommand(command, { env: { KUBECONFIG: kubeconfig } });
  const output = await forwarding.until(/Forwarding from 127\.0\.0\.1:\d+/);
  const [, port = ""] = /Forwarding from 127\.0\.0\.1:(\d+)/.exec(output) ?? [];
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => void (await forwarding.stop("SIGTERM")),
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(3_000), redirect: "manual" });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}
