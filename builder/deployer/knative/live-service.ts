import type { KnativeService, LiveTarget } from "./objects.ts";
import { SERVING } from "./service-manifest.ts";

/** The prefixes of labels and annotations that are ours to apply. */
const OURS = [
  "app.kubernetes.io/",
  "boson.dev/",
  "function.knative.dev/",
  "functionsmesh.dev/",
  "networking.knative.dev/visibility",
];

/**
 * A Service as it is, to be applied again with other traffic. What we manage has to be in all that we apply, or it would be taken
 * away; its revision stays the same one, since nothing of its template differs.
 */
export function withTraffic({ metadata, spec }: KnativeService, traffic: readonly LiveTarget[]) {
  const { name, namespace = "", labels, annotations } = metadata;
  return {
    apiVersion: SERVING,
    kind: "Service",
    metadata: { name, namespace, labels: oursOf(labels), annotations: oursOf(annotations) },
    spec: { template: withoutNull(spec.template) as KnativeService["spec"]["template"], traffic },
  };
}

function oursOf(marks: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(marks).filter(([name]) => OURS.some((prefix) => name.startsWith(prefix))));
}

/** Knative writes times that are not set as `null`, and takes no such thing. */
function withoutNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNull);
  if (typeof value !== "object" || value === null) return value;
  const said = Object.entries(value).filter(([, part]) => part !== null);
  return Object.fromEntries(said.map(([name, part]) => [name, withoutNull(part)]));
}
