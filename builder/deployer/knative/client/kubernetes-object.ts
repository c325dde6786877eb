import * as v from "valibot";
import { DeployError } from "../../deploy-error.ts";
import type { KubernetesObject } from "../objects.ts";

const texts = v.exactOptional(v.record(v.string(), v.string()));
const objectSchema = v.looseObject({
  apiVersion: v.exactOptional(v.string()),
  kind: v.exactOptional(v.string()),
  metadata: v.looseObject({
    name: v.string(),
    namespace: v.exactOptional(v.string()),
    uid: v.exactOptional(v.string()),
    generation: v.exactOptional(v.number()),
    resourceVersion: v.exactOptional(v.string()),
    creationTimestamp: v.exactOptional(v.string()),
    deletionTimestamp: v.exactOptional(v.string()),
    labels: texts,
    annotations: texts,
  }),
});
const listSchema = v.looseObject({
  metadata: v.looseObject({
    resourceVersion: v.optional(v.string(), ""),
    continue: v.optional(v.string(), ""),
  }),
  items: v.array(v.looseObject({})),
});

/**
 * Takes what a server answered with as an object. What every object has is checked here; that it is of the kind that the path
 * names is the server's promise, which its schemas keep: so it is taken for that kind where it was asked for.
 */
export function asObject(value: unknown): KubernetesObject {
  const result = v.safeParse(objectSchema, value);
  if (!result.success) throw strange("an object");
  return result.output;
}

/** A page of a list. */
export interface Page {
  readonly items: readonly KubernetesObject[];
  readonly resourceVersion: string;
  /** Asks for the next page; empty on the last. */
  readonly next: string;
}

export function asPage(value: unknown): Page {
  const result = v.safeParse(listSchema, value);
  if (!result.success) throw strange("a list");
  const { metadata, items } = result.output;
  return {
    items: items.map(asObject),
    resourceVersion: metadata.resourceVersion,
    next: metadata.continue,
  };
}

function strange(wanted: string): DeployError {
  return new DeployError(
    "unreachable",
    `the cluster answered with something that is not ${wanted}; correct its address`,
  );
}
