import type { Kind, Scope } from "../cluster.ts";

/** The path of an object, or of all of a kind. */
export function pathOf(kind: Kind, { namespace, name }: { namespace?: string | undefined; name?: string }): string {
  const root = kind.apiVersion.includes("/") ? `/apis/${kind.apiVersion}` : `/api/${kind.apiVersion}`;
  const inside = namespace === undefined ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}${inside}/${kind.plural}${name === undefined ? "" : `/${encodeURIComponent(name)}`}`;
}

/** `services.serving.knative.dev`, as Kubernetes names what rights are about. */
export function resourceOf({ apiVersion, plural }: Kind): string {
  const [group] = apiVersion.includes("/") ? apiVersion.split("/") : [""];
  return group === "" ? plural : `${plural}.${group}`;
}

/** The parameters of a query; those that are not given are left out. */
export function queryOf(parameters: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const given = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
}

export function selectorsOf({ labelSelector, fieldSelector }: Scope): Record<string, string | undefined> {
  return { labelSelector, fieldSelector };
}

/** Where something is, for errors: `services.serving.knative.dev "adder" in namespace "shop"`. */
export function placeText(kind: Kind, { namespace, name }: { namespace?: string | undefined; name?: string }): string {
  const what = name === undefined ? resourceOf(kind) : `${resourceOf(kind)} "${name}"`;
  return namespace === undefined ? what : `${what} in namespace "${namespace}"`;
}
