import { describe, expect, test } from "vitest";
import { causeIn, causeOf } from "../../../../builder/deployer/knative/cause.ts";
import { withTraffic } from "../../../../builder/deployer/knative/live-service.ts";
import type { KnativeService, Pod } from "../../../../builder/deployer/knative/objects.ts";

describe("words of a cluster", () => {
  test.each([
    [
      "FailedMount",
      `MountVolume.SetUp failed for volume "secrets" : references non-existent secret key: key`,
      "secret_missing",
    ],
    ["FailedMount", `MountVolume.SetUp failed for volume "secrets" : secret "stripe" not found`, "secret_missing"],
    ["CreateContainerConfigError", `couldn't find key url in Secret fn-shop/nats`, "secret_missing"],
    ["CreateContainerConfigError", "container has runAsNonRoot and image will run as root", "start_failed"],
    ["Unschedulable", "0/3 nodes are available: 3 Insufficient memory.", "quota"],
    ["FailedCreate", `pods "x" is forbidden: exceeded quota: small, requested: cpu=1`, "quota"],
    ["FailedCreate", `pods "x" is forbidden: violates PodSecurity "restricted:latest": …`, "forbidden"],
    ["ContainerMissing", `Unable to fetch image "r/x:v1": failed to resolve image to digest`, "image_unavailable"],
    ["ImagePullBackOff", `Back-off pulling image "r/x@sha256:…"`, "image_unavailable"],
    ["ExitCode1", "Container failed with: Error: no such module", "start_failed"],
    ["NotOwned", `There is an existing Deployment "x" that we do not own.`, "conflict"],
    ["ProgressDeadlineExceeded", "Initial scale was never achieved", "not_ready"],
  ])("%s: %s", (reason, message, code) => {
    expect(causeIn({ reason, message }, false).code).toBe(code);
  });

  test("a pod knows better than the revision, which only waited", () => {
    const revision = {
      metadata: { name: "greet-v1", generation: 1 },
      spec: { containers: [] },
      status: {
        observedGeneration: 1,
        conditions: [{ type: "Ready", status: "False", reason: "ProgressDeadlineExceeded", message: "too late" }],
      },
    } as const;
    const terminated = { exitCode: 137, reason: "OOMKilled" };
    const containerStatuses = [
      { name: "fn", state: { waiting: { reason: "CrashLoopBackOff" } }, lastState: { terminated } },
    ];
    const pods: readonly Pod[] = [{ metadata: { name: "p" }, status: { containerStatuses } }];
    expect(causeOf({ revision, pods, events: [] })).toMatchObject({ code: "out_of_memory", isFinal: true });
    expect(causeOf({ revision, pods: [], events: [] })).toMatchObject({ code: "not_ready" });
    expect(causeOf({ revision: undefined, pods: [{ metadata: { name: "p" } }], events: [] })).toBeUndefined();
  });
});

test("a Service that is applied again has what is ours of it, and nothing that Knative wrote", () => {
  const service: KnativeService = {
    metadata: {
      name: "greet",
      namespace: "fn-shop",
      labels: { "app.kubernetes.io/managed-by": "functions-mesh", team: "a" },
      annotations: { "functionsmesh.dev/project": "shop", "serving.knative.dev/creator": "me" },
    },
    spec: {
      template: { metadata: { name: "greet-v00001-1", creationTimestamp: null } } as KnativeService["spec"]["template"],
      traffic: [],
    },
  };
  expect(withTraffic(service, [{ revisionName: "greet-v00001-1", percent: 100 }])).toEqual({
    apiVersion: "serving.knative.dev/v1",
    kind: "Service",
    metadata: {
      name: "greet",
      namespace: "fn-shop",
      labels: { "app.kubernetes.io/managed-by": "functions-mesh" },
      annotations: { "functionsmesh.dev/project": "shop" },
    },
    spec: {
      template: { metadata: { name: "greet-v00001-1" } },
      traffic: [{ revisionName: "greet-v00001-1", percent: 100 }],
    },
  });
});
