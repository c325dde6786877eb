import { describe, expect, test } from "vitest";
import { NEEDED } from "../../../../builder/deployer/knative/rights.ts";
import type { DeployProgress } from "../../../../mesh/deployment.ts";
import { useKubernetes } from "../../../support/kubernetes.ts";
import { fresh } from "./deployments.ts";
import { now, useDeployers } from "./knative-home.ts";

const kubernetes = useKubernetes({ stepMs: 10, secondMs: 10 });
const open = useDeployers(() => kubernetes.server);

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

  test("a cluster that is away is told, and when it is back the same deployment goes on", async () => {
    const { faults } = kubernetes.server.cluster;
    const deployment = fresh();
    const deployer = await open();
    let hasBegun = false;
    const onProgress = (progress: DeployProgress): void => {
      if (progress.step === "wait" && !hasBegun) {
        hasBegun = true;
        void faults.down();
      }
    };
    await expect(deployer.deploy(deployment, { ...now(), onProgress })).rejects.toMatchObject({ code: "unreachable" });
    await expect(deployer.describe(deployment, now())).rejects.toMatchObject({ code: "unreachable" });
    await faults.up();
    expect((await deployer.deploy(deployment, now())).state).toBe("ready");
  });

  test("a cluster that is away for a moment is waited for", async () => {
    const { faults } = kubernetes.server.cluster;
    const away = { on: /^GET .*revisions\/greet-/, status: "cut", times: 4 } as const;
    faults.answer(away);
    expect((await (await open()).deploy(fresh(), now())).state).toBe("ready");
    faults.clear();
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
