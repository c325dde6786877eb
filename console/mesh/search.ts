import type { ServiceView } from "../../mesh/mesh-view.ts";

/** What is looked for in the mesh, as it stands in the address. */
export interface MeshSearch {
  readonly q?: string;
}

/** Reads a search; what makes no sense is left out. */
export function parseMeshSearch({ q }: Readonly<Record<string, unknown>>): MeshSearch {
  return typeof q === "string" && q !== "" ? { q } : {};
}

/** Whether a service, or one of its functions, is called like all the words. */
export function matchesService(
  {
    project,
    name,
    description,
    functions,
  }: Pick<ServiceView, "project" | "name" | "description"> & {
    readonly functions: readonly { readonly name: string }[];
  },
  text: string,
): boolean {
  const said = [project ?? "", name, description, ...functions.map((each) => `${name}.${each.name}`)];
  const haystack = said.join(" ").toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => haystack.includes(word));
}
