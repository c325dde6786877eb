import * as v from "valibot";
import { DeployError } from "../../deploy-error.ts";
import type { KubernetesObject } from "../objects.ts";
import { asObject } from "./kubernetes-object.ts";
import type { Refusal } from "./refusal.ts";
import { statusOf } from "./status.ts";

/** What a line of a watch says. */
export type WatchEvent =
  | { readonly type: "put" | "gone"; readonly object: KubernetesObject; readonly version: string }
  /** Nothing happened up to this version. */
  | { readonly type: "bookmark"; readonly version: string }
  /** It does not go on. */
  | { readonly type: "refused"; readonly refusal: Refusal };

const eventSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.variant("type", [
    v.object({ type: v.picklist(["ADDED", "MODIFIED", "DELETED"]), object: v.unknown() }),
    v.object({ type: v.literal("ERROR"), object: v.unknown() }),
    v.object({
      type: v.literal("BOOKMARK"),
      object: v.object({ metadata: v.object({ resourceVersion: v.string() }) }),
    }),
  ]),
);

/** @throws DeployError for a line that no API server writes. */
export function parseWatchEvent(line: string): WatchEvent {
  const result = v.safeParse(eventSchema, line);
  if (!result.success) {
    throw new DeployError("unreachable", "the cluster tells of something that cannot be read; correct its address");
  }
  const event = result.output;
  if (event.type === "BOOKMARK") return { type: "bookmark", version: event.object.metadata.resourceVersion };
  if (event.type === "ERROR") {
    const status = statusOf(event.object);
    return { type: "refused", refusal: { code: status.code ?? 500, status } };
  }
  const object = asObject(event.object);
  const type = event.type === "DELETED" ? "gone" : "put";
  return { type, object, version: object.metadata.resourceVersion ?? "" };
}
