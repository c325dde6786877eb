import type { Deployment } from "../../../mesh/deployment.ts";
import { environmentOf } from "./environment.ts";
import { imageOf } from "./image.ts";
import { resourcesOf } from "./quantities.ts";
import { SECRETS_FOLDER, secretVolume } from "./secret-volume.ts";
import type { SettledKnative } from "./settings.ts";

/** The name of the container with the function; Knative puts its own beside it. */
export const CONTAINER = "fn";

const PORT = 8080;
const NOBODY = 65532;
const LIVENESS_SECONDS = 10;
const LEAST_FAILURES = 3;

/** What `restricted` Pod Security asks for; Knative takes it at the container only. */
export const RESTRICTED = {
  runAsNonRoot: true,
  runAsUser: NOBODY,
  runAsGroup: NOBODY,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
} as const;

/**
 * The container of a function. Everything that Knative would fill in is said: lists of containers are replaced as a whole, so what
 * it had filled in would be lost when the same is applied again, and that is another content under the same name.
 */
export function containerOf(deployment: Deployment, settings: SettledKnative) {
  return {
    name: CONTAINER,
    image: imageOf(deployment, settings),
    ports: [{ name: "http1", containerPort: PORT, protocol: "TCP" }],
    env: environmentOf(deployment, settings),
    resources: resourcesOf(deployment, settings),
    // Without a period Knative asks every few milliseconds until the answer is yes; then no timeout may be given.
    readinessProbe: { httpGet: { path: "/_/ready", port: PORT }, periodSeconds: 0, successThreshold: 1 },
    livenessProbe: {
      httpGet: { path: "/_/live", port: PORT },
      periodSeconds: LIVENESS_SECONDS,
      timeoutSeconds: 2,
      failureThreshold: failuresOf(deployment),
    },
    securityContext: RESTRICTED,
    volumeMounts: [
      { name: "tmp", mountPath: "/tmp" },
      ...(secretVolume(deployment) === undefined
        ? []
        : [{ name: "secrets", mountPath: SECRETS_FOLDER, readOnly: true }]),
    ],
  };
}

/** A handler that computes for as long as it may answers nothing meanwhile, and is alive. */
function failuresOf({ timeoutMs }: Deployment): number {
  return Math.max(LEAST_FAILURES, Math.ceil(timeoutMs / 1000 / LIVENESS_SECONDS) + 1);
}
