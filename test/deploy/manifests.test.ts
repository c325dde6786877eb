import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { NEEDED, type Right, USEFUL, USEFUL_IN_CLUSTER } from "../../builder/deployer/knative/rights.ts";
import { createProgram } from "../../cli/program.ts";
import { loadConfig } from "../../gateway/runtime/config-file.ts";
import { PROJECT_ROOT } from "../support/fmesh.ts";
import { schemaProblems } from "../support/kubernetes-schema.ts";
import { DEPLOY, type Manifest, allManifests, kustomization, manifestsIn, workloads } from "./manifests.ts";

let all: readonly Manifest[];
let secrets: readonly Manifest[];

beforeAll(async () => {
  all = await allManifests();
  secrets = await manifestsIn("secrets.example.yaml");
});

function named(kind: string, name: string): Manifest | undefined {
  return all.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
}

function keysOf(secret: string): readonly string[] {
  const found = secrets.find(({ metadata }) => metadata.name === secret);
  return Object.keys(found?.stringData ?? {});
}

describe("the manifests of the product", () => {
  test("are what the schemas of Kubernetes describe, without an unknown field", async () => {
    expect(all.length).toBeGreaterThan(20);
    for (const manifest of all) {
      const problems = await schemaProblems(manifest);
      expect(problems.map((problem) => `${manifest.kind} ${manifest.metadata.name}: ${problem}`)).toEqual([]);
    }
  });

  test("are put together of files that are there", async () => {
    const { resources, configMapGenerator } = await kustomization();
    for (const file of [...resources, ...configMapGenerator.flatMap(({ files }) => files)]) {
      expect((await stat(join(DEPLOY, file))).isFile()).toBe(true);
    }
  });

  test("run commands that there are, with the configuration that is mounted", async () => {
    const commands = createProgram().commands.map((command) => command.name());
    const { images } = await kustomization();
    for (const { spec } of workloads(all)) {
      const [container] = spec.template.spec.containers;
      if (container.image !== images[0]?.name) continue;
      expect(commands).toContain(container.args[0]);
      const mounted = container.volumeMounts.map((mount) => mount.mountPath);
      expect(mounted).toContain(`${container.args[1]}/fmesh.yaml`);
    }
  });

  test("have a configuration whose variables the Secret holds", async () => {
    const env = Object.fromEntries(
      keysOf("functions-mesh").map((key) => [key, `amqp://${key.toLowerCase()}.example.com`]),
    );
    const urls = {
      FUNCTIONS_DATABASE: "postgres://db.example.com/functions",
      REGISTRY: "registry.example.com/functions",
    };
    const config = await loadConfig(join(DEPLOY, "fmesh.yaml"), { env: { ...env, ...urls } });
    expect(config.deployer.home).toBe("knative");
    expect(config.gateway.port).toBe(8080);
    expect(config.broker.url).toContain("nats:9222");
  });

  test("refer to secrets, configurations and accounts that there are", async () => {
    const { configMapGenerator } = await kustomization();
    for (const { metadata, spec } of workloads(all)) {
      const { volumes, containers, serviceAccountName } = spec.template.spec;
      const names = new Set(volumes.map((volume) => volume.name));
      for (const { volumeMounts } of containers)
        for (const mount of volumeMounts) expect(names, `${metadata.name}: ${mount.name}`).toContain(mount.name);
      for (const { configMap, secret } of volumes) {
        if (configMap !== undefined) expect(configMapGenerator.map(({ name }) => name)).toContain(configMap.name);
        if (secret === undefined) continue;
        for (const { key } of secret.items) expect(keysOf(secret.secretName)).toContain(key);
      }
      for (const { env = [] } of containers) {
        for (const { valueFrom } of env) {
          if (valueFrom !== undefined)
            expect(keysOf(valueFrom.secretKeyRef.name)).toContain(valueFrom.secretKeyRef.key);
        }
      }
      if (serviceAccountName !== undefined) expect(named("ServiceAccount", serviceAccountName)).toBeDefined();
    }
  });

  test("let a pod do nothing that it need not", () => {
    for (const { metadata, spec } of workloads(all)) {
      const pod = spec.template.spec;
      expect(pod.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: "RuntimeDefault" },
      });
      expect(pod.automountServiceAccountToken).toBe(metadata.name === "deployer");
      for (const container of pod.containers) {
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
        expect(container.resources).toMatchObject({
          requests: { cpu: expect.anything() },
          limits: { memory: expect.anything() },
        });
      }
    }
    expect(named("NetworkPolicy", "deny-all")?.spec).toEqual({
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
    });
  });

  test("keep one of each part when nodes are emptied", () => {
    for (const { metadata, spec } of workloads(all)) {
      expect(spec.replicas).toBeGreaterThan(1);
      expect(named("PodDisruptionBudget", metadata.name)).toMatchObject({ spec: { selector: spec.selector } });
      expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
    }
  });

  test("probe what listens", () => {
    for (const { spec } of workloads(all)) {
      for (const { ports, readinessProbe, livenessProbe } of spec.template.spec.containers) {
        if (ports === undefined) continue;
        const names = ports.map((port) => port.name);
        for (const probe of [readinessProbe, livenessProbe]) expect(names).toContain(probe?.httpGet.port);
      }
    }
    const gateway = workloads(all).find(({ metadata }) => metadata.name === "gateway");
    expect(gateway?.spec.template.spec.containers[0].readinessProbe?.httpGet.path).toBe("/readyz");
  });

  test("give the deployer the rights that it asks for, and no others", () => {
    const told = (rights: readonly Right[]) =>
      rights.map(({ group, resource, verbs }) => `${group}/${resource}: ${verbs.join(" ")}`).toSorted();
    const given = (role: string) =>
      told(
        (named("ClusterRole", role)?.rules ?? []).map(
          ({ apiGroups: [group = ""], resources: [resource = ""], verbs }) => ({ group, resource, verbs, without: "" }),
        ),
      );
    expect(given("functions-mesh-deployer")).toEqual(told([...NEEDED, ...USEFUL]));
    expect(given("functions-mesh-namespaces")).toEqual(told(USEFUL_IN_CLUSTER));
  });

  test("have an image that is made of what there is", async () => {
    const text = await readFile(join(DEPLOY, "Containerfile"), "utf8");
    const copied = [...text.matchAll(/^COPY (?!--)(.+) \S+$/gm)].flatMap(([, sources = ""]) => sources.split(" "));
    expect(copied).toContain("cli");
    for (const path of copied) expect(await stat(join(PROJECT_ROOT, path))).toBeDefined();
    const { version } = JSON.parse(
      await readFile(join(PROJECT_ROOT, "node_modules/bun-types/package.json"), "utf8"),
    ) as {
      version: string;
    };
    expect(text).toContain(`oven/bun:${version}-slim`);
  });
});
