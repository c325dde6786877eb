import { homedir } from "node:os";
import { join } from "node:path";

/** The cluster and the registry that the suite is run against. */
export interface ClusterUnderTest {
  /** A file, or several with `:` between them. */
  readonly kubeconfig: string;
  readonly context?: string | undefined;
  /** Where the builder publishes to. */
  readonly registry: string;
  /** Whether that is without TLS, though on another machine. */
  readonly plainHttp: boolean;
  /** File of the registry's authorities. */
  readonly registryCa?: string | undefined;
  /** Where the cluster pulls from, when it knows the registry by another name. */
  readonly registryInCluster?: string | undefined;
  /** The file with a log-in for the registry; the cluster is given it, too. */
  readonly logins?: string | undefined;
  /** Where routes are called at from this machine; looked for when it is not given. */
  readonly ingress?: string | undefined;
  /** Whose routes they are; default: everybody's where the cluster has a domain, else its own. */
  readonly visibility?: "external" | "cluster-local" | undefined;
  /** How long a step may take. */
  readonly patienceMs: number;
  /** How long a pod that has nothing to do stays. */
  readonly idleSeconds: number;
  /** Leaves everything where it is afterwards. */
  readonly keeps: boolean;
  /** What has to be done between building and deploying. */
  readonly onBuilt?: ((reference: string) => Promise<void>) | undefined;
  /** What has to be done for pods to go that have nothing to do. */
  readonly onIdle?: ((namespace: string, name: string) => void) | undefined;
}

const VISIBILITIES = ["external", "cluster-local"] as const;

const HELP = `
  KUBECONFIG         the cluster, with Knative Serving and an ingress for it                            needed
  REGISTRY           where images are published: registry.example.com/e2e, 127.0.0.1:5001/e2e           needed
  KUBE_CONTEXT       the context of the kubeconfig                                                      its current one
  REGISTRY_HTTP      1: the registry has no TLS, though it is on another machine                        0
  REGISTRY_CA        file of the registry's authorities, PEM                                            the usual ones
  CLUSTER_REGISTRY   the same registry as the cluster knows it: kind-registry:5000/e2e                  REGISTRY
  DOCKER_CONFIG      folder of config.json with a log-in, which the cluster is given as a pull secret   ~/.docker
  INGRESS            where routes are called at from here: http://127.0.0.1:31080                       looked for, or forwarded
  VISIBILITY         external, or cluster-local when INGRESS is Knative's internal one                  by config-domain
  PATIENCE_SECONDS   how long a step may take                                                           180
  IDLE_SECONDS       how long a pod stays that has nothing to do; at least 6                            10
  KEEP               1: leaves everything in the cluster                                                0
`;

/**
 * Reads from the environment what the suite is run against.
 * @throws Error saying what is missing, and what there is to say.
 */
export function clusterOf(env: Readonly<Record<string, string | undefined>>): ClusterUnderTest {
  const given = (name: string): string | undefined => (env[name] === "" ? undefined : env[name]);
  const [kubeconfig, registry] = [given("KUBECONFIG"), given("REGISTRY")];
  if (kubeconfig === undefined || registry === undefined) {
    const missing = ["KUBECONFIG", "REGISTRY"].filter((name) => given(name) === undefined);
    throw new Error(`npm run test:cluster needs a cluster and a registry; set ${missing.join(" and ")}.\n${HELP}`);
  }
  const seconds = (name: string, otherwise: number): number => {
    const value = Number(given(name) ?? otherwise);
    if (Number.isInteger(value) && value > 0) return value;
    throw new Error(`${name} is "${env[name] ?? ""}"; give a whole number of seconds.\n${HELP}`);
  };
  return {
    ...{ kubeconfig, registry, plainHttp: given("REGISTRY_HTTP") === "1", registryCa: given("REGISTRY_CA") },
    context: given("KUBE_CONTEXT"),
    registryInCluster: given("CLUSTER_REGISTRY"),
    logins: join(given("DOCKER_CONFIG") ?? join(homedir(), ".docker"), "config.json"),
    ingress: given("INGRESS"),
    visibility: VISIBILITIES.find((visibility) => visibility === given("VISIBILITY")),
    patienceMs: seconds("PATIENCE_SECONDS", 180) * 1000,
    idleSeconds: Math.max(6, seconds("IDLE_SECONDS", 10)),
    keeps: given("KEEP") === "1",
  };
}
