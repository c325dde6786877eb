import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { localBase } from "../../../../builder/base/local-base.ts";
import { serviceOf } from "../../../../builder/deployer/knative/service-manifest.ts";
import { settled } from "../../../../builder/deployer/knative/settings.ts";
import { assembleImage } from "../../../../builder/image/assemble.ts";
import { pushImage } from "../../../../builder/image/push.ts";
import { DistributionRegistry } from "../../../../builder/registry/distribution.ts";
import type { Deployment } from "../../../../mesh/deployment.ts";
import { useDockerRegistry } from "../../../support/docker-registry.ts";
import { type PodManifest, freePort, usePodman } from "../../../support/podman.ts";
import { bundled, source } from "../../bundle/bundling.ts";
import { deploymentOf } from "./deployments.ts";

/*
 * What Knative would start: the pod of a revision, with the real image. Knative itself is left out, so what it adds or does is done
 * here: PORT, the probes, and mounting secrets.
 */
const engine = usePodman();
const dockerRegistry = useDockerRegistry();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fmesh-pod-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const HANDLER = `
  import { readFileSync, writeFileSync } from "node:fs";
  const status = (field: string) => new RegExp(field + ":\\\\s*(\\\\S+)").exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  const may = (path: string) => { try { writeFileSync(path, "x"); return "written"; } catch (error) { return error.code; } };
  const inEnvironment = process.env.KEY;
  export default async (data: { hold?: boolean }) => {
    if (data.hold === true) {
      console.log("a call is held");
      await new Promise((resolve) => process.once("SIGTERM", resolve));
      return "answered while ending";
    }
    return {
      greeting: process.env.GREETING, key: inEnvironment,
      initially: readFileSync("/proc/self/environ", "utf8").includes("top secret"),
      user: [process.getuid(), process.getgid()], capabilities: status("CapEff"), noNewPrivileges: status("NoNewPrivs"),
      seccomp: status("Seccomp"), tmp: may("/tmp/x"), root: may("/x"), app: may("/app/x"),
    };
  };
`;

test(
  "the pod of a revision is ready, answers, has no rights, and drains when it is ended",
  { timeout: 60_000 },
  async () => {
    const port = await freePort();
    const deployment = deploymentOf({
      image: await publish(),
      env: { GREETING: "hello" },
      secrets: { KEY: "stripe/key" },
    });
    await engine.podman.pull(`docker://${deployment.image.reference}`);
    const pod = await engine.podman.play(await podOf(deployment, port));
    const url = `http://127.0.0.1:${port}`;
    await expect.poll(() => statusOf(`${url}/_/ready`), { timeout: 20_000, interval: 50 }).toBe(200);
    expect(await statusOf(`${url}/_/live`)).toBe(200);

    expect(await call(url, {})).toEqual({
      ...{ greeting: "hello", key: "top secret", initially: false },
      ...{ user: [65532, 65532], capabilities: "0000000000000000", noNewPrivileges: "1", seccomp: "2" },
      ...{ tmp: "written", root: "EROFS", app: "EROFS" },
    });

    const answer = call(url, { hold: true });
    await expect.poll(() => pod.output(), { timeout: 10_000, interval: 100 }).toContain("a call is held");
    await pod.stop(20);
    expect(await answer).toBe("answered while ending");
    expect(await pod.inspect("State.ExitCode")).toBe("0");
  },
);

/** The revision's pod as it stands, but for what only a cluster does. */
async function podOf(deployment: Deployment, port: number): Promise<PodManifest> {
  const { template } = serviceOf(deployment, settled({})).spec;
  const { containers, volumes, automountServiceAccountToken } = template.spec;
  const secrets = join(folder, "secrets");
  await mkdir(join(secrets, "..data"), { recursive: true });
  await writeFile(join(secrets, "KEY"), "top secret");
  await chmod(secrets, 0o755);
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: template.metadata.name },
    spec: {
      ...{ automountServiceAccountToken, hostNetwork: true },
      containers: containers.map(({ readinessProbe: _ready, livenessProbe: _live, ...container }) => ({
        ...container,
        env: [...container.env, { name: "PORT", value: String(port) }],
        ports: [],
      })),
      volumes: volumes.map((volume) =>
        "projected" in volume ? { name: volume.name, hostPath: { path: secrets, type: "Directory" } } : volume,
      ),
    } as PodManifest["spec"],
  };
}

async function publish(): Promise<Deployment["image"]> {
  const registry = new DistributionRegistry({ origin: dockerRegistry.server.url });
  const base = await localBase(registry, {
    repository: "base/bun",
    runtime: "bun",
    architecture: process.arch === "arm64" ? "arm64" : "amd64",
    cacheFolder: join(folder, "cache"),
    from: { program: process.execPath, version: Bun.version },
  });
  const image = assembleImage({ bundle: await bundled(source(HANDLER)), base, about: { title: "a function" } });
  const { reference, descriptor } = await pushImage(registry, "shop/greet", image, { base, tag: "v1" });
  return { reference, repository: "shop/greet", digest: descriptor.digest };
}

async function statusOf(url: string): Promise<number | undefined> {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
    return response.status;
  } catch {
    return undefined;
  }
}

async function call(url: string, data: object): Promise<unknown> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(data) });
  return response.json();
}
