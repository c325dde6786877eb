import type { Condition } from "../../../mesh/deployment.ts";
import type { KubernetesObject, ObjectCondition } from "./objects.ts";

interface Conditioned extends KubernetesObject {
  readonly status?: { readonly observedGeneration?: number; readonly conditions?: readonly ObjectCondition[] };
}

/** What a controller says of an object in one word; `undefined` while it has not looked at the object as it is now. */
export function conditionOf(object: Conditioned, type: string): ObjectCondition | undefined {
  const { generation } = object.metadata;
  if (generation !== undefined && object.status?.observedGeneration !== generation) return undefined;
  return object.status?.conditions?.find((condition) => condition.type === type);
}

/** Whether something is as it is to be, as we tell it. */
export function stateOf(object: Conditioned, type = "Ready"): Condition {
  const { status, reason, message } = conditionOf(object, type) ?? { status: "Unknown" };
  const state = status === "True" ? "ready" : status === "False" ? "failed" : "progressing";
  if (state === "ready") return { state };
  return { state, ...(isSaid(reason) && { reason }), ...(isSaid(message) && { message }) };
}

/** All that is in the way, by what its controller says of it. */
export function failuresOf(object: Conditioned): readonly ObjectCondition[] {
  // What no pod runs of is not in anybody's way.
  const meant = (object.status?.conditions ?? []).filter(({ type }) => type !== "Active" && type !== "Ready");
  const all = conditionOf(object, "Ready");
  return [...meant, ...(all === undefined ? [] : [all])].filter(({ status }) => status === "False");
}

function isSaid(text: string | undefined): text is string {
  return text !== undefined && text !== "";
}
