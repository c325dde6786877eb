import { describe, expect, test } from "vitest";
import { serviceOf, trafficTarget } from "../../../../builder/deployer/knative/service-manifest.ts";
import { type KnativeSettings, settled } from "../../../../builder/deployer/knative/settings.ts";
import type { Deployment } from "../../../../mesh/deployment.ts";
import { schemaProblems } from "../../../support/kubernetes-schema.ts";
import { deploymentOf } from "./deployments.ts";

function manifestOf(more: Partial<Deployment> = {}, settings: KnativeSettings = {}) {
  const service = serviceOf(deploymentOf(more), settled(settings));
  const { name } = service.spec.template.metadata;
  return { ...service, spec: { ...service.spec, traffic: [trafficTarget(1, name, 100)] } };
}

const SPECIAL: readonly [string, Partial<Deployment>, KnativeSettings][] = [
  ["with nothing special", {}, {}],
  ["with variables and secrets", { env: { B: "$(A)", A: "1" }, secrets: { KEY: "stripe/key", P: "stripe/p" } }, {}],
  ["in the mesh", {}, { joinMesh: { name: "nats", key: "url" }, imagePullSecrets: ["regcred"], serviceAccount: "fn" }],
  ["reached from outside", {}, { visibility: "external", registry: "registry:5000/fn" }],
  ["with a name that Kubernetes does not allow", { project: "My_Shop", label: "-Greet_" }, {}],
];

describe("the Service of a function", () => {
  test.each(SPECIAL)(
    "%s is what the schema of Knative describes, without an unknown field",
    async (_, more, settings) => {
      expect(await schemaProblems(manifestOf(more, settings))).toEqual([]);
    },
  );

  test("a field that nobody knows is told", async () => {
    const manifest = manifestOf();
    const [container] = manifest.spec.template.spec.containers;
    const spec = { ...manifest.spec.template.spec, containers: [{ ...container, imagePolicy: "Always" }] };
    const wrong = { ...manifest, spec: { ...manifest.spec, template: { ...manifest.spec.template, spec } } };
    expect(await schemaProblems(wrong)).toEqual(["/spec/template/spec/containers/0/imagePolicy is unknown"]);
  });

  test("everything that Knative would fill in is said", () => {
    const { template } = manifestOf().spec;
    expect(template).toMatchObject({
      metadata: {
        name: expect.stringMatching(/^greet-v00001-[0-9a-f]{8}$/),
        annotations: {
          "autoscaling.knative.dev/min-scale": "0",
          "autoscaling.knative.dev/max-scale": "10",
          "autoscaling.knative.dev/initial-scale": "1",
          "serving.knative.dev/progress-deadline": "120s",
        },
      },
      spec: {
        containerConcurrency: 20,
        timeoutSeconds: 300,
        responseStartTimeoutSeconds: 15,
        idleTimeoutSeconds: 300,
        enableServiceLinks: false,
        automountServiceAccountToken: false,
        serviceAccountName: "default",
        containers: [
          {
            name: "fn",
            image: `registry.example.com/fn/shop/greet@sha256:${"a".repeat(64)}`,
            ports: [{ name: "http1", containerPort: 8080, protocol: "TCP" }],
            resources: { requests: { cpu: "250m", memory: "256Mi" }, limits: { cpu: "1", memory: "256Mi" } },
            readinessProbe: { httpGet: { path: "/_/ready", port: 8080 }, periodSeconds: 0, successThreshold: 1 },
            livenessProbe: { periodSeconds: 10, timeoutSeconds: 2, failureThreshold: 3 },
            securityContext: { runAsNonRoot: true, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
            volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
          },
        ],
        volumes: [{ name: "tmp", emptyDir: {} }],
      },
    });
    expect(template.spec.containers[0]?.readinessProbe).not.toHaveProperty("timeoutSeconds");
  });

  test("Knative's own list of functions sees it, and ours finds it", () => {
    const { metadata } = manifestOf({ runtime: "python" });
    expect(metadata.labels).toMatchObject({
      "app.kubernetes.io/managed-by": "functions-mesh",
      "boson.dev/function": "true",
      "function.knative.dev/name": "greet",
      "function.knative.dev/runtime": "python",
      "networking.knative.dev/visibility": "cluster-local",
      "functionsmesh.dev/project": "shop",
    });
    expect(metadata).toMatchObject({ name: "greet", namespace: "fn-shop" });
  });

  test("annotations are text, and labels are what Kubernetes allows as such", () => {
    const { metadata, spec } = manifestOf({ project: `_${"X".repeat(63)}`, label: "-".repeat(64) });
    for (const { labels, annotations } of [metadata, spec.template.metadata]) {
      for (const value of Object.values(annotations)) expect(value).toBeTypeOf("string");
      for (const value of Object.values(labels))
        expect(value).toMatch(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/);
    }
    expect(metadata.annotations["functionsmesh.dev/function"]).toBe("-".repeat(64));
  });

  test("the same deployment is the same revision, whatever the order of its variables", () => {
    const name = (more: Partial<Deployment>): string => manifestOf(more).spec.template.metadata.name;
    expect(name({ env: { A: "1", B: "2" } })).toBe(name({ env: { B: "2", A: "1" } }));
  });

  test.each<[string, Partial<Deployment>, KnativeSettings]>([
    ["a variable", { env: { A: "1" } }, {}],
    ["a secret", { secrets: { A: "a/b" } }, {}],
    ["the scale", { scale: { min: 1, max: 10, concurrency: 20, idleSeconds: 60 } }, {}],
    ["the image", { image: { ...deploymentOf().image, reference: `other/x@${deploymentOf().image.digest}` } }, {}],
    ["a setting of the cluster", {}, { progressDeadlineSeconds: 30 }],
  ])("%s that differs makes another revision of the same version", (_, more, settings) => {
    const one = manifestOf().spec.template.metadata.name;
    const other = manifestOf(more, settings).spec.template.metadata.name;
    expect(other).toMatch(/^greet-v00001-/);
    expect(other).not.toBe(one);
  });

  test("secrets are files named as the variables, in a volume that cannot be written, and not in the environment", () => {
    const { spec } = manifestOf({ secrets: { STRIPE: "stripe/api-key", OTHER: "stripe/x", DB: "db/url" } }).spec
      .template;
    expect(spec.volumes[1]).toEqual({
      name: "secrets",
      projected: {
        sources: [
          { secret: { name: "db", items: [{ key: "url", path: "DB" }] } },
          {
            secret: {
              name: "stripe",
              items: [
                { key: "x", path: "OTHER" },
                { key: "api-key", path: "STRIPE" },
              ],
            },
          },
        ],
      },
    });
    const [container] = spec.containers;
    expect(container?.volumeMounts).toContainEqual({
      name: "secrets",
      mountPath: "/etc/fmesh/secrets",
      readOnly: true,
    });
    expect(container?.env.map(({ name }) => name)).toContain("FMESH_SECRETS");
    expect(container?.env.map(({ name }) => name)).not.toContain("STRIPE");
  });

  test("claims are believed only where nobody from outside can send them", () => {
    const trust = (settings: KnativeSettings) =>
      manifestOf({}, settings).spec.template.spec.containers[0]?.env.find(({ name }) => name === "FMESH_TRUST_CLAIMS");
    expect(trust({})).toEqual({ name: "FMESH_TRUST_CLAIMS", value: "1" });
    expect(trust({ visibility: "external" })).toEqual({ name: "FMESH_TRUST_CLAIMS", value: "0" });
  });

  test("a dollar in a value stays one", () => {
    const [container] = manifestOf({ env: { A: "$(B) costs $5 or $$" } }).spec.template.spec.containers;
    expect(container?.env).toContainEqual({ name: "A", value: "$$(B) costs $$5 or $$$$" });
  });

  test("quantities are written as Kubernetes writes them", () => {
    const resources = { cpu: "0.5", memory: "2048Mi" };
    expect(manifestOf({ resources }).spec.template.spec.containers[0]?.resources).toEqual({
      requests: { cpu: "125m", memory: "2Gi" },
      limits: { cpu: "500m", memory: "2Gi" },
    });
  });

  test("a function that may take ten minutes stays within Knative's bounds", () => {
    const { spec } = manifestOf({ timeoutMs: 600_000 }).spec.template;
    expect(spec).toMatchObject({ timeoutSeconds: 600, responseStartTimeoutSeconds: 600, idleTimeoutSeconds: 600 });
    expect(spec.containers[0]?.livenessProbe.failureThreshold).toBe(61);
  });

  test.each<[string, Partial<Deployment>, RegExp]>([
    ["a variable that is Knative's", { env: { PORT: "1" } }, /"PORT" of "greet" is Knative's own/],
    ["a variable that is none", { env: { "A=B": "1" } }, /"A=B" of "greet" is no name of a variable/],
    [
      "an image that is in a folder",
      {
        image: {
          ...deploymentOf().image,
          reference: `oci-layout:/images/shop/greet@${deploymentOf().image.digest}`,
        },
      },
      /is in no registry/,
    ],
    ["an image without a digest", { image: { ...deploymentOf().image, digest: "latest" } }, /"latest" is no digest/],
  ])("%s is refused before anything is applied", (_, more, words) => {
    expect(() => manifestOf(more)).toThrow(words);
  });
});
