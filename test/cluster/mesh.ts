import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { runFmesh, startFmesh } from "../support/fmesh.ts";
import type { ClusterUnderTest } from "./environment.ts";
import type { Visibility } from "./find-ingress.ts";

/** A mesh of this machine whose functions run in the cluster. */
export interface ClusterMesh {
  readonly folder: string;
  /** Runs a command to its end. @throws Error with all that it wrote when that is not 0. */
  fmesh(...args: string[]): Promise<string>;
  json<T>(...args: string[]): Promise<T>;
  /** Calls a function as an HTTP client; gives the status and the answer. */
  call(
    label: string,
    data: object,
    headers?: Readonly<Record<string, string>>,
  ): Promise<{ status: number; answer: unknown }>;
  close(): Promise<void>;
}

/** Starts `fmesh up` for one project, with a deployer for the cluster. */
export async function startClusterMesh(
  project: string,
  under: ClusterUnderTest,
  {
    ingress,
    visibility,
    hasPullSecret,
  }: { readonly ingress: string; readonly visibility: Visibility; readonly hasPullSecret: boolean },
): Promise<ClusterMesh> {
  const folder = await mkdtemp(join(tmpdir(), "fmesh-cluster-"));
  const { kubeconfig, context, registryInCluster: registry, registryCa, plainHttp } = under;
  const isOneFile = !kubeconfig.includes(":");
  const knative = {
    ...(isOneFile && { kubeconfig: resolve(kubeconfig) }),
    ...(context !== undefined && { context }),
    ...{ visibility, ingress, imagePullSecrets: hasPullSecret ? ["registry"] : [] },
    ...(registry !== undefined && { registry }),
    progressDeadlineSeconds: Math.min(600, Math.floor(under.patienceMs / 1000)),
  };
  const services = {
    functions: {
      functions: { fetch: { rule: { rule: "match", type: "string", eval: "==", f1: "args.auth.role", f2: "admin" } } },
    },
    default: { functions: { default: { rule: "authenticated" } } },
  };
  const config = {
    projects: [{ id: project, secret: randomBytes(24).toString("hex"), services }],
    gateway: { port: 0, limits: { maxTimeoutMs: 120_000 } },
    broker: { tcpPort: 0, wsPort: 0 },
    builder: { registry: under.registry, plainHttp, ...(registryCa !== undefined && { ca: resolve(registryCa) }) },
    deployer: { home: "knative", knative },
  };
  const file = join(folder, "fmesh.yaml");
  await writeFile(file, JSON.stringify(config));
  const env = { KUBECONFIG: kubeconfig };
  const up = startFmesh(["up", folder], { env });
  const fmesh = async (...args: string[]): Promise<string> => {
    const { code, output } = await runFmesh([...args, "--config", file], { cwd: folder, env });
    if (code === 0) return output;
    throw new Error(
      `fmesh ${args.join(" ")} ended with ${code}:\n${output}\n\nfmesh up said:\n${up.output().slice(-4000)}`,
    );
  };
  await up.until(/Ctrl-C stops everything/);
  const [url = ""] = /http:\/\/127\.0\.0\.1:\d+/.exec(up.output()) ?? [];
  const token = (await fmesh("token", "--claims", '{"id":"e2e","role":"admin"}')).trim();
  return {
    folder,
    fmesh,
    json: async <T>(...args: string[]) => JSON.parse(await fmesh(...args, "--json")) as T,
    async call(label, data, headers = {}) {
      const response = await fetch(`${url}/v1/call/${project}/${label}/handler`, {
        method: "POST",
        headers: {
          Authorization: `Bearer ${token}`,
          "Content-Type": "application/json",
          "X-Request-Timeout": "60",
          ...headers,
        },
        body: JSON.stringify(data),
      });
      const text = await response.text();
      return { status: response.status, answer: text === "" ? undefined : (JSON.parse(text) as unknown) };
    },
    async close() {
      await up.stop("SIGINT");
      await rm(folder, { recursive: true, force: true });
    },
  };
}
