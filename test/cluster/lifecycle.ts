import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkCluster } from "../../builder/deployer/knative/check.ts";
import { findAccess } from "../../builder/deployer/knative/client/find-access.ts";
import { type KubeClient, kubeClient } from "../../builder/deployer/knative/client/kube-client.ts";
import { NAMESPACES, PODS, SERVICES } from "../../builder/deployer/knative/cluster.ts";
import type { KnativeService, Pod } from "../../builder/deployer/knative/objects.ts";
import type { DeployedFunction } from "../../mesh/deployment.ts";
import type { BuiltImage } from "../../mesh/job.ts";
import { CloseStack } from "../../mesh/lifecycle.ts";
import type { ClusterUnderTest } from "./environment.ts";
import { findIngress, visibilityOf } from "./find-ingress.ts";
import { type ClusterMesh, startClusterMesh } from "./mesh.ts";
import { givePullSecret } from "./pull-secret.ts";

const LABEL = "greet";
const CALLS = 200;
const CANARY_PERCENT = 20;

const handlerOf = (version: number): string =>
  `export default (data: { name?: string }) => ({ version: ${version}, hello: data.name ?? "world" });\n`;

/** The life of a function in a cluster, one step after the other: what one step leaves is what the next begins with. */
export function lifecycle(patienceMs: number, under: () => ClusterUnderTest): void {
  // A little more than the step itself may take, so that it is the step that says what is wrong.
  const patience = patienceMs + 60_000;
  describe("a function in a cluster", () => {
    const project = `e2e-${randomBytes(4).toString("hex")}`;
    const namespace = `fn-${project}`;
    let cluster: ClusterUnderTest;
    const stack = new CloseStack();
    let client: KubeClient;
    let mesh: ClusterMesh;
    const signal = AbortSignal.timeout(60 * 60 * 1000);
    const say = (text: string): void => void process.stdout.write(`    ${text}\n`);
    const greeted = (version: number, name = "Ann") => ({ status: 200, answer: { version, hello: name } });
    const running = async (): Promise<readonly Pod[]> => {
      const pods = await client.list<Pod>(
        PODS,
        { namespace, labelSelector: `serving.knative.dev/service=${LABEL}` },
        { signal },
      );
      return pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    };
    const write = (version: number): Promise<void> => writeFile(join(mesh.folder, `${LABEL}.ts`), handlerOf(version));
    const build = async (): Promise<BuiltImage> => {
      await mesh.fmesh("functions", "build", LABEL);
      const { image } = await mesh.json<{ image: BuiltImage }>("functions", "versions", LABEL, String(built + 1));
      built += 1;
      await cluster.onBuilt?.(image.reference);
      return image;
    };
    let built = 0;

    beforeAll(async () => {
      cluster = under();
      const access = await findAccess({
        ...(!cluster.kubeconfig.includes(":") && { kubeconfig: cluster.kubeconfig }),
        context: cluster.context,
        env: { ...process.env, KUBECONFIG: cluster.kubeconfig },
      });
      client = kubeClient({ access });
      const visibility = cluster.visibility ?? (await visibilityOf(client, { signal }));
      const { kubeconfig, context } = cluster;
      const ways = { visibility, kubeconfig, context, signal };
      const ingress = cluster.ingress ?? stack.use(await findIngress(client, ways)).url;
      say(`project "${project}", by ${access.origin}, routes at ${ingress}`);
      const hasPullSecret = await givePullSecret(client, namespace, { ...cluster, signal });
      mesh = stack.use(await startClusterMesh(project, cluster, { ingress, visibility, hasPullSecret }));
    }, 180_000);

    afterAll(async () => {
      await stack.close();
      if (client !== undefined && !cluster.keeps) await client.delete(NAMESPACES, { name: namespace }, { signal });
    }, 180_000);

    test("has all that it needs there", { timeout: 60_000 }, async () => {
      const looked = checkCluster({ client, settings: {}, projects: [project], answers: async () => true, signal });
      for await (const { what, state, text } of looked) {
        say(`${state.padEnd(8)}${what}: ${text}`);
        expect(`${state} ${what}`).not.toMatch(/^bad/);
      }
    });

    test("is created, built and pushed", { timeout: 300_000 }, async () => {
      await write(1);
      const scale = [
        "--idle",
        String(cluster.idleSeconds),
        "--timeout",
        "60",
        "--max",
        "3",
        "--memory",
        "128Mi",
        "--cpu",
        "500m",
      ];
      await mesh.fmesh("functions", "create", LABEL, `${LABEL}.ts`, ...scale);
      const { reference } = await build();
      say(reference);
      expect(reference).toMatch(/@sha256:[0-9a-f]{64}$/);
    });

    test("is deployed, exactly as its plan says", { timeout: patience }, async () => {
      const [, , planned] = (await mesh.json<{ items: [unknown, unknown, KnativeService] }>("plan", LABEL)).items;
      await mesh.fmesh("functions", "deploy", LABEL);
      const deployed = await mesh.json<DeployedFunction>("functions", "deployment", LABEL);
      expect(deployed).toMatchObject({ home: "knative", state: "ready", traffic: { 1: 100 } });
      say(`${deployed.url} ${deployed.versions[0]?.revision}`);
      const before = await client.get<KnativeService>(SERVICES, { namespace, name: LABEL }, { signal });
      const again = await client.apply(SERVICES, planned, { signal });
      expect(again.metadata.generation).toBe(before?.metadata.generation);
    });

    test("answers through the gateway, though no worker of it is in the mesh", { timeout: 90_000 }, async () => {
      expect(await mesh.call(LABEL, { name: "Ann" })).toEqual(greeted(1));
    });

    test("shows what it wrote", { timeout: 60_000 }, async () => {
      expect(await mesh.fmesh("functions", "logs", LABEL)).toContain("function is up");
    });

    test("scales to zero when nothing calls it", { timeout: patience }, async () => {
      const startedAt = performance.now();
      cluster.onIdle?.(namespace, LABEL);
      await expect.poll(async () => (await running()).length, { timeout: patienceMs, interval: 1_000 }).toBe(0);
      say(`no pod after ${Math.round((performance.now() - startedAt) / 1000)} s`);
    });

    test("is woken by a call", { timeout: 90_000 }, async () => {
      const startedAt = performance.now();
      expect(await mesh.call(LABEL, { name: "Bob" })).toEqual(greeted(1, "Bob"));
      say(`answered after ${Math.round(performance.now() - startedAt)} ms`);
    });

    test("gets a canary that takes its part of the calls", { timeout: patience }, async () => {
      await write(2);
      await mesh.fmesh("functions", "update", LABEL, `${LABEL}.ts`);
      await build();
      await mesh.fmesh("functions", "deploy", LABEL, "2", "--percent", String(CANARY_PERCENT));
      expect(await mesh.json("functions", "traffic", LABEL)).toEqual({ 1: 80, 2: CANARY_PERCENT });
      const counts = await countVersions();
      say(`of ${CALLS} calls: ${JSON.stringify(counts)}`);
      // Five standard deviations around the mean: wrong once in a million times.
      const spread = 5 * Math.sqrt(CALLS * 0.2 * 0.8);
      expect(Math.abs((counts[2] ?? 0) - CALLS * 0.2)).toBeLessThan(spread);
    });

    test("is promoted, and rolled back", { timeout: patience }, async () => {
      await mesh.fmesh("functions", "promote", LABEL, "2");
      await expect.poll(() => mesh.call(LABEL, { name: "Ann" }), { timeout: 60_000 }).toEqual(greeted(2));
      await mesh.fmesh("functions", "rollback", LABEL);
      await expect.poll(() => mesh.call(LABEL, { name: "Ann" }), { timeout: 60_000 }).toEqual(greeted(1));
      expect(await mesh.json("functions", "traffic", LABEL)).toEqual({ 1: 100 });
    });

    test("that ends at once is told, and changes nothing", { timeout: patience }, async () => {
      await writeFile(join(mesh.folder, `${LABEL}.ts`), `throw new Error("not today");\nexport default () => 3;\n`);
      await mesh.fmesh("functions", "update", LABEL, `${LABEL}.ts`);
      await build();
      const failed = mesh.fmesh("functions", "deploy", LABEL, "3");
      await expect(failed).rejects.toThrow(/version 3 of "greet" (?:keeps ending|ended before it took calls)/);
      expect(await mesh.call(LABEL, { name: "Ann" })).toEqual(greeted(1));
    });

    test("is deleted, and gone from the cluster", { timeout: patience }, async () => {
      await mesh.fmesh("functions", "delete", LABEL);
      expect(await client.get(SERVICES, { namespace, name: LABEL }, { signal })).toBeUndefined();
      await expect.poll(async () => (await running()).length, { timeout: patienceMs, interval: 1_000 }).toBe(0);
      const { status } = await mesh.call(LABEL, { name: "Ann" });
      expect([404, 503]).toContain(status);
    });

    async function countVersions(): Promise<Record<number, number>> {
      const counts: Record<number, number> = {};
      const call = async (): Promise<void> => {
        const { status, answer } = await mesh.call(LABEL, {});
        expect(status).toBe(200);
        const { version } = answer as { version: number };
        counts[version] = (counts[version] ?? 0) + 1;
      };
      for (let done = 0; done < CALLS; done += 10) await Promise.all(Array.from({ length: 10 }, call));
      return counts;
    }
  });
}
