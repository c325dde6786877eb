import { type Fields, fieldsOf, type KubeObject, listOf } from "../objects.ts";
import { seconds } from "../store.ts";

/** A condition without what the server adds. */
export interface Condition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason?: string;
  readonly message?: string;
}

export function isTrue(type: string): Condition {
  return { type, status: "True" };
}

export function isUnknown(type: string, reason = "Unknown", message = ""): Condition {
  return { type, status: "Unknown", reason, ...(message !== "" && { message }) };
}

export function isFalse(type: string, reason: string, message: string): Condition {
  return { type, status: "False", reason, message };
}

export function conditionOf(object: KubeObject | undefined, type: string): Fields | undefined {
  return listOf(object?.status?.["conditions"]).find((condition) => condition["type"] === type);
}

/** The conditions as an object's status has them; the time is kept where nothing changed. */
export function stamped(object: KubeObject, conditions: readonly Condition[]): Fields[] {
  return conditions.map((condition) => {
    const { lastTransitionTime, ...before } = conditionOf(object, condition.type) ?? {};
    const isKept = Bun.deepEquals(before, condition) && lastTransitionTime !== undefined;
    return { ...condition, lastTransitionTime: isKept ? lastTransitionTime : seconds(new Date()) };
  });
}

export function isReady(object: KubeObject | undefined): boolean {
  return conditionOf(object, "Ready")?.["status"] === "True";
}

export function hasFailed(object: KubeObject | undefined): boolean {
  return conditionOf(object, "Ready")?.["status"] === "False";
}

/** The labels of a template, a pod's and a revision's own. */
export function labelsOf(template: Fields): Record<string, string> {
  return fieldsOf(template, "metadata", "labels") as Record<string, string>;
}
