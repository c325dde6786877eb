import * as v from "valibot";
import { HOMES } from "../../../mesh/deployment.ts";
import type { Environment } from "../environment.ts";
import { list, shape } from "./shape.ts";
import { flag, text, variableText, variableUrl, whole } from "./values.ts";

/** Where processes are kept, and their secrets, when a configuration does not say. */
const DEFAULT_FOLDER = ".fmesh/deployments";
const DEFAULT_SECRETS = ".fmesh/secrets";

const SANDBOXES = ["auto", "required", "off"] as const;
const VISIBILITIES = ["cluster-local", "external"] as const;

/** As Kubernetes names its objects (RFC 1123). */
const OBJECT = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const object = v.pipe(text, v.regex(OBJECT, "must be a name of Kubernetes: lower-case letters, digits and -"));

const namespace = v.pipe(
  text,
  v.check(
    (pattern) => OBJECT.test(pattern.replace("{project}", "p")),
    'must be a name of Kubernetes: lower-case letters, digits and -; "{project}" stands for the project\'s',
  ),
);

/** How functions are run. */
export function deployerSchema(env: Environment) {
  const local = shape({
    folder: v.optional(text, DEFAULT_FOLDER),
    secrets: v.optional(text, DEFAULT_SECRETS),
    sandbox: v.optional(v.picklist(SANDBOXES, `must be one of ${SANDBOXES.join(", ")}`), "auto"),
  });
  const knative = shape({
    kubeconfig: v.exactOptional(variableText(env)),
    context: v.exactOptional(variableText(env)),
    namespace: v.optional(namespace, "fn-{project}"),
    serviceAccount: v.optional(object, "default"),
    imagePullSecrets: v.optional(list(object), []),
    /** The Secret, and the key in it, that holds the broker's URL for pods. */
    joinMesh: v.exactOptional(shape({ name: object, key: v.optional(text, "url") })),
    visibility: v.optional(v.picklist(VISIBILITIES, `must be one of ${VISIBILITIES.join(", ")}`), "cluster-local"),
    registry: v.exactOptional(variableText(env)),
    ingress: v.exactOptional(variableUrl(env, { schemes: ["http:", "https:"], example: "http://127.0.0.1:8080" })),
    progressDeadlineSeconds: v.optional(whole(5, 3600), 120),
  });
  return shape({
    enabled: v.optional(flag, true),
    home: v.optional(v.picklist(HOMES, `must be one of ${HOMES.join(", ")}`), "local"),
    policy: v.exactOptional(text),
    local: v.optional(local, {}),
    knative: v.optional(knative, {}),
  });
}
