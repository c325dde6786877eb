import type { Deployment } from "../../../mesh/deployment.ts";
import { DeployError } from "../deploy-error.ts";
import { concurrencyOf } from "./autoscaling.ts";
import { SECRETS_FOLDER, byName } from "./secret-volume.ts";
import type { SettledKnative } from "./settings.ts";

/** What Knative sets itself, and refuses to be told. */
const RESERVED = ["PORT", "K_SERVICE", "K_CONFIGURATION", "K_REVISION"];
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** How long calls in flight may take at least when a pod is to end. */
const LEAST_FINISH_MS = 25_000;

/** A variable of a container. */
export type Variable =
  | { readonly name: string; readonly value: string }
  | {
      readonly name: string;
      readonly valueFrom: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
    };

/**
 * The environment of a function: its own variables, and how it is to be served.
 * @throws DeployError `invalid` naming a variable that cannot be.
 */
export function environmentOf(deployment: Deployment, { joinMesh, visibility }: SettledKnative): readonly Variable[] {
  const { project, label, version, timeoutMs, env, secrets } = deployment;
  for (const name of [...Object.keys(env), ...Object.keys(secrets)]) check(name, label);
  const own = Object.entries(env).filter(([name]) => !Object.hasOwn(secrets, name));
  const ours = {
    FMESH_PROJECT: project,
    FMESH_SERVICE: label,
    FMESH_VERSION: String(version),
    FMESH_CONCURRENCY: String(concurrencyOf(deployment)),
    FMESH_TIMEOUT_MS: String(timeoutMs),
    FMESH_FINISH_MS: String(Math.max(LEAST_FINISH_MS, timeoutMs)),
    FMESH_TRUST_CLAIMS: visibility === "cluster-local" ? "1" : "0",
    ...(Object.keys(secrets).length > 0 && { FMESH_SECRETS: SECRETS_FOLDER }),
  };
  const values = Object.entries({ ...Object.fromEntries(own), ...ours }).toSorted(byName);
  return [
    ...values.map(([name, value]) => ({ name, value: literal(value) })),
    ...(joinMesh === undefined
      ? []
      : [{ name: "NATS_URL", valueFrom: { secretKeyRef: { name: joinMesh.name, key: joinMesh.key } } }]),
  ];
}

function check(name: string, label: string): void {
  const problem = RESERVED.includes(name)
    ? "is Knative's own"
    : NAME.test(name)
      ? undefined
      : "is no name of a variable";
  if (problem !== undefined) {
    throw new DeployError("invalid", `the variable "${name}" of "${label}" ${problem}; give it another name`);
  }
}

/** Kubernetes replaces `$(NAME)` in values, and takes `$$` for a dollar. */
function literal(value: string): string {
  return value.replaceAll("$", () => "$$");
}
