/** A kind of object that the cluster keeps. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

function core(plural: string, kind: string, namespaced = true): Resource {
  return { group: "", version: "v1", plural, kind, namespaced };
}

function serving(plural: string, kind: string): Resource {
  return { group: "serving.knative.dev", version: "v1", plural, kind, namespaced: true };
}

export const NAMESPACES = core("namespaces", "Namespace", false);
export const PODS = core("pods", "Pod");
export const SECRETS = core("secrets", "Secret");
export const SERVICE_ACCOUNTS = core("serviceaccounts", "ServiceAccount");
export const EVENTS = core("events", "Event");
export const SERVICES = serving("services", "Service");
export const CONFIGURATIONS = serving("configurations", "Configuration");
export const REVISIONS = serving("revisions", "Revision");
export const ROUTES = serving("routes", "Route");

const CRDS: Resource = {
  group: "apiextensions.k8s.io",
  version: "v1",
  plural: "customresourcedefinitions",
  kind: "CustomResourceDefinition",
  namespaced: false,
};

const RESOURCES: readonly Resource[] = [
  NAMESPACES,
  PODS,
  SECRETS,
  SERVICE_ACCOUNTS,
  EVENTS,
  core("configmaps", "ConfigMap"),
  core("services", "Service"),
  SERVICES,
  CONFIGURATIONS,
  REVISIONS,
  ROUTES,
  CRDS,
  { group: "networking.k8s.io", version: "v1", plural: "networkpolicies", kind: "NetworkPolicy", namespaced: true },
];

export function apiVersionOf({ group, version }: Resource): string {
  return group === "" ? version : `${group}/${version}`;
}

/** By the names in a path, or those in an object. */
export function findResource(is: { apiVersion: string; plural?: string; kind?: string }): Resource | undefined {
  return RESOURCES.find(
    (resource) =>
      apiVersionOf(resource) === is.apiVersion && (resource.plural === is.plural || resource.kind === is.kind),
  );
}

/** The resources of a group and version, as discovery lists them. */
export function resourcesOf(apiVersion: string): readonly Resource[] {
  return RESOURCES.filter((resource) => apiVersionOf(resource) === apiVersion);
}
