import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { type Certificates, makeCertificates, makeClientCertificate } from "./certificates.ts";
import { answerApi } from "./kubernetes/api.ts";
import { Cluster, type ClusterOptions } from "./kubernetes/cluster.ts";
import { Front } from "./kubernetes/front.ts";
import { type KubeconfigUser, writeKubeconfig } from "./kubernetes/kubeconfig.ts";

/**
 * A Kubernetes API server with Knative Serving for tests, that behaves as real ones were seen to: server-side apply with
 * owners and conflicts, the webhooks' refusals, the path of the conditions, watches that end and expire, logs. It listens
 * on loopback by TLS.
 *
 * @example
 * const kubernetes = useKubernetes({ secondMs: 20 });
 * test("…", async () => {
 *   const { server } = kubernetes;
 *   server.cluster.seed({ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } });
 *   server.cluster.images.set("registry/adder@sha256:…", { pull: "missing" });   // or start: { exitCode: 1 }
 *   const file = await server.kubeconfig({ token: server.token });               // also: server.adminCertificate
 *   …
 *   server.cluster.pods, .logs.write(pod.metadata, "hello")                      // pods and what they write
 *   server.cluster.quotas.set("shop", "exceeded quota: …")
 *   server.cluster.access.addToken("t", { name: "ci", rules: […] })              // RBAC
 *   server.cluster.faults.answer({ on: /^PATCH/, status: 500 })                  // also down(), up(), cut(), delayMs
 *   server.cluster.expire()                                                      // 410 for watches and lists
 *   server.cluster.ingress().url, .scaleToZero("shop", "adder")                  // calls, by Host and percent
 *   server.cluster.controller.isHeld = true                                      // conditions stay as they are
 * });
 */
export interface Kubernetes {
  /** `https://127.0.0.1:port` */
  readonly url: string;
  readonly cluster: Cluster;
  readonly certificates: Certificates;
  /** Of somebody who may do everything. */
  readonly token: string;
  /** The same, as a kubeconfig says it. */
  readonly adminCertificate: { readonly "client-certificate": string; readonly "client-key": string };
  /** A folder of the test's own, gone after it. */
  readonly folder: string;
  /** How many connections there are. */
  readonly connections: number;
  /** The requests that came in so far: `GET /version`. */
  readonly requests: readonly string[];
  /** Writes a kubeconfig for a user; `cluster` replaces what it says about the server. */
  kubeconfig(
    user: KubeconfigUser,
    options?: { readonly namespace?: string; readonly cluster?: Readonly<Record<string, unknown>> },
  ): Promise<string>;
  close(): Promise<void>;
}

/** A cluster for the tests of this file or `describe` block: started before them, gone after them. */
export function useKubernetes(options: ClusterOptions = {}): { readonly server: Kubernetes } {
  let server: Kubernetes | undefined;
  beforeAll(async () => {
    server = await startKubernetes(options);
  });
  afterAll(async () => server?.close());
  return {
    get server() {
      if (server === undefined) throw new Error("the cluster starts before the first test; use it in a test or hook");
      return server;
    },
  };
}

export async function startKubernetes(options: ClusterOptions = {}): Promise<Kubernetes> {
  const folder = await mkdtemp(join(tmpdir(), "fmesh-kubernetes-"));
  const certificates = await makeCertificates(folder);
  const admin = await makeClientCertificate(folder, "admin");
  const requests: string[] = [];
  const inner = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    // Watches are silent for long.
    idleTimeout: 0,
    fetch(request, server): Promise<Response> {
      const { pathname, search } = new URL(request.url);
      requests.push(`${request.method} ${pathname}${search}`);
      return answerApi(cluster, request, front.commonNameAt(server.requestIP(request)?.port ?? 0));
    },
  });
  const front = new Front(certificates, inner.port ?? 0);
  await front.listen();
  const cluster = new Cluster(front, options);
  const token = randomBytes(12).toString("hex");
  cluster.access.addToken(token, { name: "admin" });
  cluster.access.addCertificate("admin", { name: "admin" });
  const url = `https://127.0.0.1:${front.port}`;
  const ca = Buffer.from(await readFile(join(certificates.caFolder, "ca.crt"))).toString("base64");
  return {
    url,
    cluster,
    certificates,
    token,
    adminCertificate: { "client-certificate": admin.certificateFile, "client-key": admin.keyFile },
    folder,
    requests,
    get connections() {
      return front.connections;
    },
    kubeconfig: (user, { namespace, cluster: entry = { "certificate-authority-data": ca } } = {}) =>
      writeKubeconfig({ folder, server: url, cluster: entry, user, namespace }),
    async close() {
      await cluster.close();
      await front.close();
      await inner.stop(true);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
