import type { Deployment } from "../../../mesh/deployment.ts";
import type { Marks } from "./marks.ts";

/** What Knative takes for a window, and the longest that it keeps the last pod. */
const LEAST_WINDOW_SECONDS = 6;
const USUAL_WINDOW_SECONDS = 60;
const MOST_RETENTION_SECONDS = 3600;
/** `container-concurrency-max-limit`, as a cluster has it if nobody changed it. */
const MOST_CONCURRENCY = 1000;

/** How many calls a pod runs at once. */
export function concurrencyOf({ scale }: Pick<Deployment, "scale">): number {
  return Math.min(scale.concurrency, MOST_CONCURRENCY);
}

/** How many pods there are, in the annotations of a revision. All that has a default is said: another default would be other content. */
export function autoscaling({ scale }: Pick<Deployment, "scale">): Marks {
  const { min, max, idleSeconds } = scale;
  const window = Math.min(Math.max(idleSeconds, LEAST_WINDOW_SECONDS), USUAL_WINDOW_SECONDS);
  const retention = idleSeconds > window ? Math.min(idleSeconds, MOST_RETENTION_SECONDS) : 0;
  const settings = {
    class: "kpa.autoscaling.knative.dev",
    metric: "concurrency",
    "target-utilization-percentage": "70",
    "min-scale": String(min),
    "max-scale": String(max),
    "initial-scale": "1",
    window: `${window}s`,
    "scale-down-delay": "0s",
    "scale-to-zero-pod-retention-period": `${retention}s`,
    "target-burst-capacity": "200",
  };
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [`autoscaling.knative.dev/${name}`, value]),
  );
}
