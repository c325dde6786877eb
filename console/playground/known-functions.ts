import type { FunctionView, MeshView } from "../../mesh/mesh-view.ts";
import type { Project } from "../api/admin-types.ts";
import { ruledFunctions } from "../mesh/unserved.ts";

/** A function that can be chosen. */
export interface KnownFunction {
  readonly service: string;
  readonly name: string;
  /** As its service describes it; not there while nobody serves it. */
  readonly view: FunctionView | undefined;
  /** What the configuration gives for an example. */
  readonly example: unknown;
}

/** The functions of a project: those that are served, and those that the rules name. */
export function knownFunctions(view: MeshView | undefined, project: Project | undefined, id: string): KnownFunction[] {
  const exampleOf = (service: string, name: string): unknown => project?.services[service]?.functions[name]?.example;
  const own = view?.services.filter((service) => service.project === id && !service.isHouse) ?? [];
  const served = own.flatMap(({ name: service, functions }) =>
    functions.map((each) => ({ service, name: each.name, view: each, example: exampleOf(service, each.name) })),
  );
  const house = new Set(view?.services.filter(({ isHouse }) => isHouse).map(({ name }) => name));
  const ruled = Object.entries(project?.services ?? {})
    .filter(([service]) => service !== "default" && !house.has(service))
    .flatMap(([service, { functions }]) => ruledFunctions(functions).map((name) => ({ service, name })))
    .filter(({ service, name }) => !served.some((each) => each.service === service && each.name === name))
    .map(({ service, name }) => ({ service, name, view: undefined, example: exampleOf(service, name) }));
  return [...served, ...ruled];
}

/** What tells functions apart in a list of choices. */
export function functionId({ service, name }: Pick<KnownFunction, "service" | "name">): string {
  return `${service}.${name}`;
}
