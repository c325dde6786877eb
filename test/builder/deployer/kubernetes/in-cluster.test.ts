import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { findAccess } from "../../../../builder/deployer/knative/client/find-access.ts";
import { useKubernetes } from "../../../support/kubernetes.ts";
import { failureOf, GO, openedClient } from "./opened-client.ts";

const kubernetes = useKubernetes();
const folder = (): string => join(kubernetes.server.folder, "serviceaccount");

beforeAll(async () => {
  await mkdir(folder());
  await copyFile(join(kubernetes.server.folder, "authority/ca.crt"), join(folder(), "ca.crt"));
  await writeFile(join(folder(), "namespace"), "mesh");
});

function podEnvironment(): Record<string, string> {
  const { hostname, port } = new URL(kubernetes.server.url);
  const home = join(kubernetes.server.folder, "nobody");
  return { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port, HOME: home };
}

test("a pod shows its token, and the next one when it is rotated", async () => {
  const { server } = kubernetes;
  server.cluster.access.addToken("pod-1", { name: "system:serviceaccount:mesh:deployer" });
  await writeFile(join(folder(), "token"), "pod-1");
  const access = await findAccess({ env: podEnvironment(), serviceAccountFolder: folder() });
  expect(access).toMatchObject({ namespace: "mesh", origin: `the service account in "${folder()}"` });
  const client = await openedClient(server, { access });
  expect(await client.version(GO)).toBe("v1.32.2");
  server.cluster.access.expireToken("pod-1");
  server.cluster.access.addToken("pod-2", { name: "system:serviceaccount:mesh:deployer" });
  await writeFile(join(folder(), "token"), "pod-2");
  expect(await client.version(GO)).toBe("v1.32.2");
  server.cluster.access.expireToken("pod-2");
  expect((await failureOf(client.version(GO))).code).toBe("unauthorized");
});

test("a kubeconfig goes before the pod's own account", async () => {
  const { server } = kubernetes;
  await writeFile(join(folder(), "token"), "pod-1");
  const KUBECONFIG = await server.kubeconfig({ token: server.token }, { namespace: "named" });
  const env = { ...podEnvironment(), KUBECONFIG };
  expect((await findAccess({ env, serviceAccountFolder: folder() })).namespace).toBe("named");
});

test("outside of pods, and without a token, there is no cluster", async () => {
  const { HOME = "" } = podEnvironment();
  const outside = await failureOf(findAccess({ env: { HOME }, serviceAccountFolder: folder() }));
  expect(outside.message).toContain(`there is no kubeconfig at "${HOME}/.kube/config"`);
  const env = podEnvironment();
  expect((await failureOf(findAccess({ env, serviceAccountFolder: "/nowhere" }))).code).toBe("unreachable");
});
