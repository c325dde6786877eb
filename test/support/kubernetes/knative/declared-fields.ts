/** What a schema declares: anything, a map of anything, a list, or named fields. */
export type Declared = true | readonly [Declared] | { readonly [name: string]: Declared };

const probe: Declared = {
  exec: { command: true },
  httpGet: { host: true, httpHeaders: [{ name: true, value: true }], path: true, port: true, scheme: true },
  tcpSocket: { host: true, port: true },
  grpc: { port: true, service: true },
  initialDelaySeconds: true,
  timeoutSeconds: true,
  periodSeconds: true,
  successThreshold: true,
  failureThreshold: true,
};

const keyed: Declared = { key: true, name: true, optional: true };
const items: Declared = [{ key: true, mode: true, path: true }];

const container: Declared = {
  name: true,
  image: true,
  imagePullPolicy: true,
  command: true,
  args: true,
  workingDir: true,
  env: [
    {
      name: true,
      value: true,
      valueFrom: { configMapKeyRef: keyed, secretKeyRef: keyed, fieldRef: true, resourceFieldRef: true },
    },
  ],
  envFrom: [{ prefix: true, configMapRef: { name: true, optional: true }, secretRef: { name: true, optional: true } }],
  ports: [{ name: true, containerPort: true, protocol: true }],
  resources: { claims: true, limits: true, requests: true },
  readinessProbe: probe,
  livenessProbe: probe,
  startupProbe: probe,
  securityContext: {
    allowPrivilegeEscalation: true,
    capabilities: { add: true, drop: true },
    privileged: true,
    readOnlyRootFilesystem: true,
    runAsGroup: true,
    runAsNonRoot: true,
    runAsUser: true,
    seccompProfile: { localhostProfile: true, type: true },
  },
  terminationMessagePath: true,
  terminationMessagePolicy: true,
  volumeMounts: [{ name: true, mountPath: true, mountPropagation: true, readOnly: true, subPath: true }],
};

const source: Declared = { name: true, optional: true, items };

const volume: Declared = {
  name: true,
  configMap: { name: true, optional: true, defaultMode: true, items },
  secret: { secretName: true, optional: true, defaultMode: true, items },
  projected: {
    defaultMode: true,
    sources: [{ configMap: source, secret: source, downwardAPI: true, serviceAccountToken: true }],
  },
  emptyDir: true,
  persistentVolumeClaim: true,
  hostPath: true,
};

/** What stands behind a flag is declared, and refused by the webhook while its flag is off. */
export const FLAGGED = [
  "affinity",
  "dnsConfig",
  "dnsPolicy",
  "hostAliases",
  "hostIPC",
  "hostNetwork",
  "hostPID",
  "initContainers",
  "nodeSelector",
  "priorityClassName",
  "runtimeClassName",
  "schedulerName",
  "securityContext",
  "shareProcessNamespace",
  "tolerations",
  "topologySpreadConstraints",
] as const;

const revisionSpec: Declared = {
  ...Object.fromEntries(FLAGGED.map((name) => [name, true] as const)),
  automountServiceAccountToken: true,
  containerConcurrency: true,
  containers: [container],
  enableServiceLinks: true,
  idleTimeoutSeconds: true,
  imagePullSecrets: [{ name: true }],
  responseStartTimeoutSeconds: true,
  serviceAccountName: true,
  timeoutSeconds: true,
  volumes: [volume],
};

const metadata: Declared = {
  name: true,
  namespace: true,
  labels: true,
  annotations: true,
  creationTimestamp: true,
  deletionGracePeriodSeconds: true,
  deletionTimestamp: true,
  finalizers: true,
  generateName: true,
  generation: true,
  managedFields: true,
  ownerReferences: true,
  resourceVersion: true,
  selfLink: true,
  uid: true,
};

/** A Service. */
export const SERVICE_FIELDS: Declared = {
  apiVersion: true,
  kind: true,
  metadata,
  spec: {
    template: { metadata, spec: revisionSpec },
    traffic: [
      { configurationName: true, latestRevision: true, percent: true, revisionName: true, tag: true, url: true },
    ],
  },
  status: true,
};
