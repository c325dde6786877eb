import type { DeployedFunction } from "../../mesh/deployment.ts";
import type { ServiceView } from "../../mesh/mesh-view.ts";

/** What a stored function is called in the service of its label. */
export const STORED_FUNCTION = "handler";

/** A function that is deployed, and of which no instance is there. */
export interface Asleep extends Pick<DeployedFunction, "project" | "state" | "reason" | "message"> {
  readonly name: string;
  readonly description: "";
  readonly functions: readonly { readonly name: string }[];
}

/** What is deployed of which no instance is there: a call starts one. */
export function asleepFunctions(
  deployed: readonly DeployedFunction[],
  services: readonly Pick<ServiceView, "project" | "name">[],
): Asleep[] {
  return deployed
    .filter(({ project, label }) => !services.some((each) => each.project === project && each.name === label))
    .map(({ project, label, state, reason, message }) => ({
      ...{ project, name: label, state, reason, message },
      description: "",
      functions: [{ name: STORED_FUNCTION }],
    }));
}
