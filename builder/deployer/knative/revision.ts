import type { Deployment } from "../../../mesh/deployment.ts";
import { autoscaling, concurrencyOf } from "./autoscaling.ts";
import { containerOf } from "./container.ts";
import { hexDigest } from "./kubernetes-name.ts";
import { ANNOTATIONS, LABELS, labelsOf } from "./marks.ts";
import { secretVolume } from "./secret-volume.ts";
import type { SettledKnative } from "./settings.ts";

/** As long as Knative lets a request take at most, and what it allows when nobody says. */
const MOST_SECONDS = 600;
const USUAL_SECONDS = 300;
/** The function has to be the one who says that its time is over. */
const SLACK_SECONDS = 5;

const DIGEST_LENGTH = 8;
const VERSION_LENGTH = 5;

/** Room for what is written to `/tmp`. */
const TMP_SIZE = "128Mi";

/** Knative's own container in each pod. */
const QUEUE_PROXY = {
  "cpu-resource-request": "25m",
  "cpu-resource-limit": "1",
  "memory-resource-request": "64Mi",
  "memory-resource-limit": "256Mi",
};

/** What a revision of a version is made from. */
export interface RevisionRequest {
  readonly deployment: Deployment;
  readonly settings: SettledKnative;
  /** The name of its Service. */
  readonly service: string;
  /** 1, and more when those before failed for good: Knative does not try the same revision twice. */
  readonly attempt: number;
}

/**
 * The template of a revision. Its name tells the version and its content: what differs in anything is another revision, and the
 * same is the same one.
 */
export function revisionTemplate({ deployment, settings, service, attempt }: RevisionRequest) {
  const { project, label, version } = deployment;
  const metadata = {
    labels: { ...labelsOf(deployment, deployment), [LABELS.network]: deployment.network },
    annotations: {
      [ANNOTATIONS.project]: project,
      [ANNOTATIONS.function]: label,
      [ANNOTATIONS.version]: String(version),
      ...(attempt > 1 && { [ANNOTATIONS.attempt]: String(attempt) }),
      ...autoscaling(deployment),
      ...Object.fromEntries(
        Object.entries(QUEUE_PROXY).map(([name, value]) => [`queue.sidecar.serving.knative.dev/${name}`, value]),
      ),
      "serving.knative.dev/progress-deadline": `${settings.progressDeadlineSeconds}s`,
    },
  };
  const spec = specOf(deployment, settings);
  const digest = hexDigest(JSON.stringify({ metadata, spec })).slice(0, DIGEST_LENGTH);
  const name = `${service}-v${String(version).padStart(VERSION_LENGTH, "0")}-${digest}`;
  return { metadata: { name, ...metadata }, spec };
}

function specOf(deployment: Deployment, settings: SettledKnative) {
  const seconds = Math.ceil(deployment.timeoutMs / 1000) + SLACK_SECONDS;
  // What streams goes on for longer than it may take to begin.
  const timeoutSeconds = Math.min(MOST_SECONDS, Math.max(USUAL_SECONDS, seconds));
  const secrets = secretVolume(deployment);
  return {
    containerConcurrency: concurrencyOf(deployment),
    timeoutSeconds,
    responseStartTimeoutSeconds: Math.min(MOST_SECONDS, seconds),
    idleTimeoutSeconds: timeoutSeconds,
    enableServiceLinks: false,
    automountServiceAccountToken: false,
    serviceAccountName: settings.serviceAccount,
    ...(settings.imagePullSecrets.length > 0 && {
      imagePullSecrets: settings.imagePullSecrets.map((name) => ({ name })),
    }),
    containers: [containerOf(deployment, settings)],
    volumes: [{ name: "tmp", emptyDir: { sizeLimit: TMP_SIZE } }, ...(secrets === undefined ? [] : [secrets])],
  };
}
