import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll } from "vitest";
import { localBase } from "../../../../builder/base/local-base.ts";
import type { Base, Bundle, PublishedImage } from "../../../../builder/build.ts";
import {
  openInstances,
  type OpenInstancesOptions,
} from "../../../../builder/deployer/local/instance/open-instances.ts";
import type { InstanceSpec, Instances, RunningInstance } from "../../../../builder/deployer/local/instance.ts";
import { assembleImage } from "../../../../builder/image/assemble.ts";
import { pushImage } from "../../../../builder/image/push.ts";
import type { Registry } from "../../../../builder/registry.ts";
import { LayoutRegistry } from "../../../../builder/registry/layout.ts";
import type { Deployment } from "../../../../mesh/deployment.ts";
import { silentLog } from "../../../../mesh/log.ts";

/** A process of a function, and what it wrote. */
export interface Started extends RunningInstance {
  readonly lines: readonly string[];
  /** Resolves with the first line that begins so. */
  line(beginning: string): Promise<string>;
}

export interface UsedInstances {
  readonly folder: string;
  readonly registry: Registry;
  open(options?: Partial<OpenInstancesOptions>): Promise<Instances>;
  /** Publishes a script that Bun runs. */
  publish(script: string): Promise<Deployment["image"]>;
  publishBundle(bundle: Bundle): Promise<Deployment["image"]>;
  secret(reference: string, value: string): Promise<void>;
}

export const PROJECT = "shop";

/** Images on this machine's Bun, in a registry of their own; what was opened is closed after each test. */
export function useInstances(): UsedInstances {
  let folder: string;
  let registry: Registry;
  let base: Base;
  const opened: Instances[] = [];

  beforeAll(async () => {
    // Beside what others may not enter nobody else could run an image.
    folder = await mkdtemp(join(tmpdir(), "fmesh-instances-"));
    registry = new LayoutRegistry({ folder: join(folder, "registry") });
    base = await localBase(registry, {
      repository: "base/bun",
      runtime: "bun",
      architecture: process.arch === "arm64" ? "arm64" : "amd64",
      cacheFolder: join(folder, "cache"),
      from: { program: process.execPath, version: Bun.version },
    });
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((instances) => instances.close()));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const publishBundle = async (bundle: Bundle): Promise<Deployment["image"]> => {
    const image = assembleImage({ bundle, base, about: { title: "a function" } });
    return named(await pushImage(registry, "shop/script", image, { base }));
  };
  return {
    get folder() {
      return folder;
    },
    get registry() {
      return registry;
    },
    async open(options = {}) {
      const instances = await openInstances({
        registry,
        folder: join(folder, "deployer"),
        secretsFolder: join(folder, "secrets"),
        sandbox: "off",
        bwrap: undefined,
        programs: { bun: process.execPath },
        log: silentLog,
        ...options,
      });
      opened.push(instances);
      return instances;
    },
    publish: (script) =>
      publishBundle({
        files: [{ path: "entry.js", bytes: new TextEncoder().encode(script) }],
        command: ["bun", "--no-install", "--no-env-file", "/app/entry.js"],
        packages: [],
        lock: undefined,
        warnings: [],
      }),
    publishBundle,
    async secret(reference, value) {
      const file = join(folder, "secrets", PROJECT, reference);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, value, { mode: 0o600 });
    },
  };
}

/** A deployment of an image with nothing special about it. */
export function deploymentOf(image: Deployment["image"], rest: Partial<Deployment> = {}): Deployment {
  return {
    project: PROJECT,
    label: "script",
    version: 1,
    image,
    runtime: "bun",
    env: {},
    secrets: {},
    timeoutMs: 10_000,
    scale: { min: 0, max: 1, concurrency: 20, idleSeconds: 60 },
    resources: { memory: "256Mi", cpu: "2" },
    network: "full",
    traffic: { "1": 100 },
    ...rest,
  };
}

let count = 0;

/** Starts an instance of a deployment, which nobody has prepared yet. */
export async function start(
  instances: Instances,
  deployment: Deployment,
  rest: Partial<InstanceSpec> = {},
): Promise<Started> {
  await instances.prepare(deployment.image, { signal: AbortSignal.timeout(60_000) });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const spec = { deployment, instance: `i${++count}`, natsUrl: "nats://127.0.0.1:1", share: 1, ...rest };
  const running = await instances.start(spec, {
    line(text) {
      lines.push(text);
      for (const look of waiting) look();
    },
  });
  const line = (beginning: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = lines.find((each) => each.startsWith(beginning));
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
      const gone = (): void => reject(new Error(`it ended without "${beginning}", and wrote:\n${lines.join("\n")}`));
      void running.ended.then(gone);
    });
  return { ...running, lines, line };
}

/** What a script wrote as `name {…}`. */
export async function told<T>(started: Started, name: string): Promise<T> {
  return JSON.parse((await started.line(`${name} `)).slice(name.length + 1)) as T;
}

function named({ reference, repository, descriptor }: PublishedImage): Deployment["image"] {
  return { reference, repository, digest: descriptor.digest };
}
