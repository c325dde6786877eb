/** Something that a deployer does with a cluster. */
export interface Right {
  /** The API group; "" is that of Kubernetes itself. */
  readonly group: string;
  /** Its plural, with what is below it: `pods/log`. */
  readonly resource: string;
  readonly verbs: readonly string[];
  /** What is missing without it. */
  readonly without: string;
}

const SERVING = "serving.knative.dev";

/** What a deployer has to be allowed in the namespace of a project. */
export const NEEDED: readonly Right[] = [
  {
    ...{ group: SERVING, resource: "services" },
    verbs: ["get", "list", "watch", "create", "patch", "delete"],
    without: "functions cannot be deployed",
  },
  {
    ...{ group: SERVING, resource: "revisions" },
    verbs: ["get", "list"],
    without: "whether a version runs cannot be told",
  },
  {
    group: "",
    resource: "pods",
    verbs: ["get", "list"],
    without: "logs cannot be shown, nor why a version does not start",
  },
  { group: "", resource: "pods/log", verbs: ["get"], without: "logs cannot be shown" },
];

/** What it makes use of there where it may. */
export const USEFUL: readonly Right[] = [
  {
    ...{ group: "", resource: "events", verbs: ["list"] },
    without: "a missing secret is told as a version that is not ready in time",
  },
  {
    ...{ group: "networking.k8s.io", resource: "networkpolicies", verbs: ["create", "patch"] },
    without: "a function whose network is none reaches what the namespace allows",
  },
];

/** What it makes use of in the whole cluster where it may. */
export const USEFUL_IN_CLUSTER: readonly Right[] = [
  {
    ...{ group: "", resource: "namespaces", verbs: ["get", "create", "patch"] },
    without: "the namespace of each project has to be made beforehand",
  },
];
