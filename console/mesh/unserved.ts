import type { ServiceView } from "../../mesh/mesh-view.ts";
import type { Project } from "../api/admin-types.ts";

/** Parts of the mesh itself. */
const HOUSE = new Set(["functions", "builder", "deployer"]);

/** A service that rules name, and nobody serves. */
export interface Unserved {
  readonly project: string;
  readonly name: string;
  readonly description: "";
  readonly isHouse: boolean;
  readonly functions: readonly { readonly name: string }[];
}

/** The services that the rules name, of which no instance is there. `default` stands for any. */
export function unservedServices(
  projects: readonly Project[],
  services: readonly Pick<ServiceView, "project" | "name">[],
): Unserved[] {
  return projects.flatMap(({ id: project, services: ruled }) =>
    Object.entries(ruled)
      .filter(
        ([name]) => name !== "default" && !services.some((each) => each.project === project && each.name === name),
      )
      .map(([name, { functions }]) => ({
        project,
        name,
        description: "" as const,
        isHouse: HOUSE.has(name),
        functions: ruledFunctions(functions).map((each) => ({ name: each })),
      })),
  );
}

/** The functions that rules name. `default` stands for any. */
export function ruledFunctions(functions: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(functions).filter((name) => name !== "default");
}
