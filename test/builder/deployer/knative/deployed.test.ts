import { describe, expect, test } from "vitest";
import { planFor } from "../../../../builder/deployer/knative/plan.ts";
import type { Deployer } from "../../../../builder/deployer.ts";
import type { Deployment } from "../../../../mesh/deployment.ts";
import { SERVICES } from "../../../support/kubernetes/resources.ts";
import { useKubernetes } from "../../../support/kubernetes.ts";
import { deploymentOf, fresh } from "./deployments.ts";
import { now, useDeployers } from "./knative-home.ts";

const kubernetes = useKubernetes({ stepMs: 10, secondMs: 10 });
const open = useDeployers(() => kubernetes.server);

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
