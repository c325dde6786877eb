import { expect, test } from "vitest";
import { useDockerRegistry } from "../support/docker-registry.ts";
import { useKubernetes } from "../support/kubernetes.ts";
import { PODS } from "../support/kubernetes/resources.ts";
import { usePodman } from "../support/podman.ts";
import { type ClusterUnderTest, clusterOf } from "./environment.ts";
import { lifecycle } from "./lifecycle.ts";

/*
 * What `npm run test:cluster` does with a real cluster, done with the one of the tests: its pods are containers of the real images, from
 * a real registry.
 */
const kubernetes = useKubernetes({ stepMs: 20 });
const registry = useDockerRegistry();
const engine = usePodman();
let kubeconfig = "";
let ingress = "";

test("a cluster of the tests' own takes the place of a real one", async () => {
  const { server } = kubernetes;
  kubeconfig = await server.kubeconfig({ token: server.token });
  ingress = server.cluster.ingress().url;
  server.cluster.store.listen(({ type, resource, object }) => {
    if (type === "ADDED" && resource === PODS) server.cluster.logs.write(object.metadata, "function is up");
  });
  expect(ingress).toMatch(/^http:/);
});

lifecycle(60_000, (): ClusterUnderTest => {
  const { server } = kubernetes;
  return {
    ...clusterOf({ KUBECONFIG: kubeconfig, REGISTRY: registry.server.url, INGRESS: ingress, IDLE_SECONDS: "6" }),
    logins: undefined,
    patienceMs: 60_000,
    onIdle: (namespace, name) => server.cluster.scaleToZero(namespace, name),
    async onBuilt(reference) {
      const image = await engine.podman.pull(`docker://${reference}`);
      const start = async (env: Readonly<Record<string, string>>) => {
        const container = await engine.podman.run(image, { env });
        await container.untilLine("function is up");
        return { url: container.url, close: () => container.stop(5) };
      };
      try {
        const { close } = await start({});
        await close();
        server.cluster.images.set(reference, { run: ({ env }) => start(env) });
      } catch (error) {
        server.cluster.images.set(reference, { start: { exitCode: 1, message: String(error) } });
      }
    },
  };
});

test("without a cluster or a registry it says what it needs", () => {
  expect(() => clusterOf({ KUBECONFIG: "k" })).toThrow(/set REGISTRY\.[^]*CLUSTER_REGISTRY/);
  expect(() => clusterOf({})).toThrow("set KUBECONFIG and REGISTRY");
  expect(() => clusterOf({ KUBECONFIG: "k", REGISTRY: "r", PATIENCE_SECONDS: "soon" })).toThrow(
    /PATIENCE_SECONDS is "soon"/,
  );
});
