import type { Deployment } from "../../../mesh/deployment.ts";

/** Where a pod finds its secrets: a file per variable, of its name. */
export const SECRETS_FOLDER = "/etc/fmesh/secrets";

/** The keys of the Secrets that a function refers to, as files; `undefined` when it refers to none. */
export function secretVolume({ secrets }: Pick<Deployment, "secrets">) {
  const references = Object.entries(secrets).toSorted(byName);
  if (references.length === 0) return undefined;
  const items = references.map(([variable, reference]) => ({ variable, ...secretOf(reference) }));
  const names = [...new Set(items.map(({ name }) => name))];
  return {
    name: "secrets",
    projected: {
      sources: names.map((name) => ({
        secret: {
          name,
          items: items.filter((item) => item.name === name).map(({ key, variable }) => ({ key, path: variable })),
        },
      })),
    },
  };
}

/** The Secret and the key that a reference means. */
export function secretOf(reference: string): { readonly name: string; readonly key: string } {
  const slash = reference.indexOf("/");
  return { name: reference.slice(0, slash), key: reference.slice(slash + 1) };
}

/** By code unit, so that the order depends on no locale. */
export function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : Number(a > b);
}
