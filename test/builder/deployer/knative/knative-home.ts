import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach } from "vitest";
import { type KubeClient, kubeClient } from "../../../../builder/deployer/knative/client/kube-client.ts";
import type { KnativeSettings } from "../../../../builder/deployer/knative/settings.ts";
import { openKnativeDeployer } from "../../../../builder/deployer/knative.ts";
import type { Deployer } from "../../../../builder/deployer.ts";
import { silentLog } from "../../../../mesh/log.ts";
import type { Kubernetes } from "../../../support/kubernetes.ts";

/** A client of a test's cluster: of somebody who may do everything, or of whom a token says. */
export async function clientOf(server: Kubernetes, token: string = server.token): Promise<KubeClient> {
  const ca = await readFile(join(server.certificates.caFolder, "ca.crt"), "utf8");
  const proof = { headers: { Authorization: `Bearer ${token}` }, tls: { ca } };
  return kubeClient({
    access: {
      server: new URL(server.url),
      namespace: "default",
      origin: "a test",
      warnings: [],
      proof: async () => proof,
      refused: () => false,
    },
    backOff: { firstMs: 5, mostMs: 50 },
    timeoutMs: 5_000,
  });
}

/** A deployer for a test's cluster. */
export async function deployerFor(
  server: Kubernetes,
  { settings = {}, token }: { readonly settings?: KnativeSettings; readonly token?: string } = {},
): Promise<Deployer> {
  const cluster = await clientOf(server, token);
  return openKnativeDeployer({ cluster, projects: ["shop"], settings, log: silentLog });
}

/** Opens deployers, which are closed after each test. */
export function useDeployers(
  server: () => Kubernetes,
): (settings?: KnativeSettings, token?: string) => Promise<Deployer> {
  const opened: Deployer[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((deployer) => deployer.close()));
  });
  return async (settings = {}, token) => {
    const deployer = await deployerFor(server(), { settings, ...(token !== undefined && { token }) });
    opened.push(deployer);
    return deployer;
  };
}

/** A call that does not go on for ever. */
export function now(): { readonly signal: AbortSignal } {
  return { signal: AbortSignal.timeout(15_000) };
}
