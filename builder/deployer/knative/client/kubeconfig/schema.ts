import * as v from "valibot";

// Entries may say more than this; what would change who we are or whom we trust is not passed over.
const text = v.optional(v.nullable(v.string()));
const flag = v.optional(v.nullable(v.boolean()));

const cluster = v.looseObject({
  server: v.string(),
  "certificate-authority": text,
  "certificate-authority-data": text,
  "insecure-skip-tls-verify": flag,
  "tls-server-name": text,
  "proxy-url": text,
});

const exec = v.looseObject({
  apiVersion: v.optional(v.string(), "client.authentication.k8s.io/v1beta1"),
  command: v.string(),
  args: v.optional(v.nullable(v.array(v.string()))),
  env: v.optional(v.nullable(v.array(v.object({ name: v.string(), value: v.string() })))),
  installHint: text,
  provideClusterInfo: flag,
  interactiveMode: v.optional(v.picklist(["Never", "IfAvailable", "Always"]), "IfAvailable"),
});

const user = v.looseObject({
  "client-certificate": text,
  "client-certificate-data": text,
  "client-key": text,
  "client-key-data": text,
  token: text,
  tokenFile: text,
  username: text,
  password: text,
  exec: v.optional(v.nullable(exec)),
  as: text,
  "as-uid": text,
  "as-groups": v.optional(v.nullable(v.array(v.string()))),
  "as-user-extra": v.optional(v.unknown()),
  "auth-provider": v.optional(v.unknown()),
});

const context = v.looseObject({ cluster: v.string(), user: v.optional(v.string(), ""), namespace: text });

function named<Name extends string, Schema extends v.GenericSchema>(name: Name, schema: Schema) {
  const entry = { name: v.string(), [name]: schema } as { name: v.StringSchema<undefined> } & Record<Name, Schema>;
  return v.optional(v.nullable(v.array(v.looseObject(entry))));
}

/** A kubeconfig file, as far as it is read (kubernetes.io/docs/reference/config-api/kubeconfig.v1). */
export const kubeconfigSchema = v.looseObject({
  "current-context": text,
  clusters: named("cluster", cluster),
  users: named("user", user),
  contexts: named("context", context),
});

export type ClusterEntry = v.InferOutput<typeof cluster>;
export type UserEntry = v.InferOutput<typeof user>;
export type ExecEntry = v.InferOutput<typeof exec>;
export type ContextEntry = v.InferOutput<typeof context>;
