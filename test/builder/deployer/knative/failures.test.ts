import { afterEach, describe, expect, test } from "vitest";
import type { Deployer } from "../../../../builder/deployer.ts";
import { NEEDED } from "../../../../builder/deployer/knative/rights.ts";
import type { KnativeSettings } from "../../../../builder/deployer/knative/settings.ts";
import { planFor } from "../../../../builder/deployer/knative/plan.ts";
import type { Deployment, DeployProgress } from "../../../../mesh/deployment.ts";
import { SERVICES } from "../../../support/kubernetes/resources.ts";
import { useKubernetes } from "../../../support/kubernetes.ts";
import { deploymentOf } from "./deployments.ts";
import { deployerFor } from "./knative-home.ts";

const kubernetes = useKubernetes({ stepMs: 10, secondMs: 10 });
const opened: Deployer[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((deployer) => deployer.close()));
});

async function open(settings: KnativeSettings = {}, token?: string): Promise<Deployer> {
  const deployer = await deployerFor(kubernetes.server, { settings, ...(token !== undefined && { token }) });
  opened.push(deployer);
  return deployer;
}

let count = 0;
/** A function of its own in a namespace of its own. */
function fresh(more: Partial<Deployment> = {}): Deployment {
  count += 1;
  const digest = `sha256:${count.toString(16).padStart(64, "0")}`;
  const image = { reference: `registry.example.com/fn/x@${digest}`, repository: "x", digest };
  return deploymentOf({ project: `p${count}`, image, ...more });
}

const now = () => ({ signal: AbortSignal.timeout(15_000) });

describe("what is in the way of a function", () => {
  test.each([
    [
      "that ends at once",
      { exitCode: 1, message: "Error: no such module" },
      "crash_loop",
      /exit code 1: Error: no such/,
    ],
    ["that eats memory", { exitCode: 137, reason: "OOMKilled" }, "out_of_memory", /more than its 256Mi of memory/],
  ])("%s is told by its code", async (_, start, code, words) => {
    const deployment = fresh();
    kubernetes.server.cluster.images.set(deployment.image.reference, { start });
    const failed = (await open()).deploy(deployment, now());
    await expect(failed).rejects.toMatchObject({ code, message: expect.stringMatching(words) as string });
  });

  test("that never answers is told when its time is over", async () => {
    const deployment = fresh();
    kubernetes.server.cluster.images.set(deployment.image.reference, { start: "never" });
    const failed = (await open({ progressDeadlineSeconds: 20 })).deploy(deployment, now());
    await expect(failed).rejects.toMatchObject({
      code: "not_ready",
      message: expect.stringContaining(`version 1 of "greet" took no calls within 20 s`) as string,
    });
  });

  test.each(["missing", "denied", "untrusted"] as const)(
    "an image that is %s is told with the registry's word",
    async (pull) => {
      const deployment = fresh();
      kubernetes.server.cluster.images.set(deployment.image.reference, { pull });
      const told: DeployProgress[] = [];
      const failed = (await open()).deploy(deployment, {
        ...now(),
        onProgress: (progress) => void told.push(progress),
      });
      await expect(failed).rejects.toMatchObject({
        code: "image_unavailable",
        message: expect.stringMatching(
          /the image of version 1 of "greet" cannot be had: .*failed to pull.*imagePullSecrets/s,
        ) as string,
      });
    },
  );

  test("a pull secret that is there makes it come", async () => {
    const deployment = fresh();
    const { cluster } = kubernetes.server;
    cluster.images.set(deployment.image.reference, { pull: "denied", pullSecret: "regcred" });
    const namespace = `fn-${deployment.project}`;
    cluster.seed({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    cluster.seed({ apiVersion: "v1", kind: "Secret", metadata: { name: "regcred", namespace } });
    const deployed = await (await open({ imagePullSecrets: ["regcred"] })).deploy(deployment, now());
    expect(deployed.state).toBe("ready");
  });

  test("a quota is told with its numbers", async () => {
    const deployment = fresh();
    const text =
      "exceeded quota: small, requested: limits.memory=256Mi, used: limits.memory=1Gi, limited: limits.memory=1Gi";
    kubernetes.server.cluster.quotas.set(`fn-${deployment.project}`, text);
    await expect((await open()).deploy(deployment, now())).rejects.toMatchObject({
      code: "quota",
      message: expect.stringContaining("limited: limits.memory=1Gi") as string,
    });
  });

  test("a secret that is missing is told, and once it is there the same deployment goes on", async () => {
    const deployment = fresh({ secrets: { KEY: "stripe/key" } });
    const deployer = await open();
    await expect(deployer.deploy(deployment, now())).rejects.toMatchObject({
      code: "secret_missing",
      message: expect.stringContaining(`secret "stripe" not found`) as string,
    });
    const namespace = `fn-${deployment.project}`;
    kubernetes.server.cluster.seed({ apiVersion: "v1", kind: "Secret", metadata: { name: "stripe", namespace } });
    expect((await deployer.deploy(deployment, now())).state).toBe("ready");
  });

  test("a service account that is not there", async () => {
    const failed = (await open({ serviceAccount: "functions" })).deploy(fresh(), now());
    await expect(failed).rejects.toMatchObject({
      code: "forbidden",
      message: expect.stringContaining('"functions" not found') as string,
    });
  });

  test("a cluster that does not know us, or does not let us, says what it misses", async () => {
    const { cluster } = kubernetes.server;
    await expect((await open({}, "expired")).deploy(fresh(), now())).rejects.toMatchObject({ code: "unauthorized" });
    cluster.access.addToken("reader", {
      name: "reader",
      rules: [{ verbs: ["get", "list"], resources: ["services"], apiGroups: ["serving.knative.dev"] }],
    });
    const refused = (await open({}, "reader")).deploy(fresh(), now());
    await expect(refused).rejects.toMatchObject({ code: "forbidden" });
  });

  test("the rights that a deployer needs are enough, and what it may not do besides is told", async () => {
    const { cluster } = kubernetes.server;
    const deployment = fresh();
    cluster.seed({ apiVersion: "v1", kind: "Namespace", metadata: { name: `fn-${deployment.project}` } });
    const rules = NEEDED.map(({ group, resource, verbs }) => ({ apiGroups: [group], resources: [resource], verbs }));
    cluster.access.addToken("deployer", { name: "deployer", rules });
    const deployer = await open({}, "deployer");
    const told: DeployProgress[] = [];
    await deployer.deploy(deployment, { ...now(), onProgress: (progress) => void told.push(progress) });
    expect(told).toContainEqual({
      step: "apply",
      log: expect.stringContaining(`"network: none" is not enforced`) as string,
    });
    await deployer.setTraffic(deployment, { 1: 100 }, now());
    expect(await deployer.list(deployment.project, now())).toHaveLength(1);
    expect(await Array.fromAsync(deployer.logs({ ...deployment, lines: 5, follow: false }, now()))).toEqual([]);
    const again = { ...deployment, version: 2, traffic: { 2: 100 }, env: { A: "1" } };
    kubernetes.server.cluster.images.set(deployment.image.reference, { start: { exitCode: 1 } });
    await expect(deployer.deploy(again, now())).rejects.toMatchObject({ code: "crash_loop" });
    await deployer.remove(deployment, now());
  });

  test("a Service of somebody else is left alone", async () => {
    const deployment = fresh();
    const { cluster } = kubernetes.server;
    const namespace = `fn-${deployment.project}`;
    cluster.seed({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    cluster.seed({
      apiVersion: "serving.knative.dev/v1",
      kind: "Service",
      metadata: { name: "greet", namespace },
      spec: { template: { spec: { containers: [{ image: "other" }] } } },
    });
    const deployer = await open();
    await expect(deployer.deploy(deployment, now())).rejects.toMatchObject({ code: "conflict" });
    await deployer.remove(deployment, now());
    expect(
      kubernetes.server.requests.some((request) =>
        request.startsWith(`DELETE /apis/serving.knative.dev/v1/namespaces/${namespace}`),
      ),
    ).toBe(false);
  });
});

describe("a deployment", () => {
  test("that failed is told as such, with the version before it in the calls", async () => {
    const deployment = fresh();
    const deployer = await open();
    await deployer.deploy(deployment, now());
    const digest = `sha256:${"f".repeat(64)}`;
    const image = { ...deployment.image, digest, reference: `registry.example.com/fn/x@${digest}` };
    kubernetes.server.cluster.images.set(image.reference, { start: { exitCode: 2 } });
    await expect(
      deployer.deploy({ ...deployment, version: 2, image, traffic: { 2: 100 } }, now()),
    ).rejects.toMatchObject({
      code: "crash_loop",
    });
    expect(await deployer.describe(deployment, now())).toMatchObject({
      state: "ready",
      traffic: { 1: 100 },
      versions: [
        { version: 2, state: "failed", reason: "ExitCode2" },
        { version: 1, state: "ready" },
      ],
    });
  });

  test("is what the plan says, with one revision for the same content", async () => {
    const deployment = fresh();
    const deployer = await open();
    const first = await deployer.deploy(deployment, now());
    const [, , planned] = planFor(deployment, {});
    const { namespace, name } = planned.metadata;
    expect(kubernetes.server.cluster.store.get(SERVICES, namespace, name)?.spec).toMatchObject(planned.spec);
    const before = kubernetes.server.requests.length;
    const again = await deployer.deploy(deployment, now());
    expect(again.versions).toEqual(first.versions);
    const patches = kubernetes.server.requests.slice(before).filter((request) => request.startsWith("PATCH"));
    expect(patches.every((request) => request.endsWith("fieldManager=functions-mesh&fieldValidation=Strict"))).toBe(
      true,
    );
  });

  test("is called at its own address, or at the ingress by that name", async () => {
    const [inside, outside] = [fresh(), fresh()];
    const [own, ingress] = [await open(), await open({ ingress: "http://127.0.0.1:8081" })];
    await own.deploy(inside, now());
    await ingress.deploy(outside, now());
    const routeOf = ({ onDemand }: Deployer, name: Deployment) =>
      onDemand.kind === "route" ? onDemand.routeOf(name) : undefined;
    expect(routeOf(own, inside)).toEqual({ url: `http://greet.fn-${inside.project}.svc.cluster.local` });
    const host = `greet.fn-${outside.project}.svc.cluster.local`;
    expect(routeOf(ingress, outside)).toEqual({ url: "http://127.0.0.1:8081", host });
    await ingress.remove(outside, now());
    expect(routeOf(ingress, outside)).toBeUndefined();
  });

  test("that another deployer made is known after a restart", async () => {
    const deployment = deploymentOf({ label: "restarted" });
    await (await open()).deploy(deployment, now());
    const again = await open();
    const known = Promise.withResolvers<void>();
    again.watch((names) => {
      if (names.some(({ label }) => label === "restarted")) known.resolve();
    });
    await known.promise;
    expect(again.onDemand.kind === "route" && again.onDemand.routeOf(deployment)).toMatchObject({
      url: expect.any(String) as string,
    });
  });

  test("does not overrun what somebody else manages in it", async () => {
    const deployment = fresh();
    const deployer = await open();
    await deployer.deploy(deployment, now());
    const path = `/apis/serving.knative.dev/v1/namespaces/fn-${deployment.project}/services/greet`;
    const response = await fetch(`${kubernetes.server.url}${path}?fieldManager=kubectl&force=true`, {
      method: "PATCH",
      headers: {
        Authorization: `Bearer ${kubernetes.server.token}`,
        "Content-Type": "application/apply-patch+yaml",
      },
      body: JSON.stringify({
        apiVersion: "serving.knative.dev/v1",
        kind: "Service",
        metadata: { name: "greet" },
        spec: { traffic: [{ latestRevision: true, percent: 100 }] },
      }),
      tls: { rejectUnauthorized: false },
    });
    expect(response.status).toBe(200);
    await response.body?.cancel();
    const refused = deployer.deploy({ ...deployment, version: 2, traffic: { 2: 100 } }, now());
    await expect(refused).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("kubectl") as string,
    });
  });
});
