import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";

/** Containers, run for real by podman and runc, with everything of theirs in a folder of its own. */
export interface Podman {
  /**
   * Makes an image known to it.
   * @param source `oci:<folder>:<tag>`, or `docker://127.0.0.1:<port>/<repository>` without TLS
   * @returns how to {@link run} it
   */
  pull(source: string): Promise<string>;
  /** Starts a container as a careful cluster would: nothing writable, no capability, nobody's account. */
  run(image: string, options?: RunOptions): Promise<Container>;
  /** Starts what a Pod of Kubernetes says, on the machine's network. */
  play(pod: PodManifest): Promise<PlayedPod>;
  /** Removes all containers, images and files. */
  close(): Promise<void>;
}

/** A Pod, as Kubernetes would start it; its first container is looked at. */
export interface PodManifest {
  readonly apiVersion: "v1";
  readonly kind: "Pod";
  readonly metadata: { readonly name: string };
  readonly spec: { readonly containers: readonly { readonly name: string }[] };
}

export interface PlayedPod {
  /** What its container wrote so far. */
  output(): Promise<string>;
  /** A field of what podman tells of the container: `State.ExitCode`. */
  inspect(field: string): Promise<string>;
  /** Sends it SIGTERM, and SIGKILL after `patienceSeconds`. */
  stop(patienceSeconds: number): Promise<void>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Another program than the image's own. */
  readonly entrypoint?: string;
  /** Its arguments. */
  readonly args?: readonly string[];
}

/** A container that was started. It shares the machine's network; `PORT` is free when it starts. */
export interface Container {
  /** `http://127.0.0.1:<PORT>`. */
  readonly url: string;
  /** The code that it ends with, and all that it wrote. */
  readonly ended: Promise<{ readonly exitCode: number; readonly output: string }>;
  /** Waits for a line that it writes. */
  untilLine(part: string): Promise<string>;
  /** Sends it SIGTERM, and SIGKILL after `patienceSeconds`. */
  stop(patienceSeconds: number): Promise<void>;
}

/** Podman for the tests of this file or `describe` block. */
export function usePodman(): { readonly podman: Podman } {
  let podman: Podman | undefined;
  beforeAll(async () => {
    podman = await startPodman();
  });
  afterAll(async () => podman?.close());
  return {
    get podman() {
      if (podman === undefined) throw new Error("podman is there before the first test; use it in a test or hook");
      return podman;
    },
  };
}

/** What `restricted` Pod Security asks for, with a root file system that cannot be written. */
const RESTRICTED = [
  "--read-only",
  "--read-only-tmpfs=false",
  "--cap-drop=ALL",
  "--security-opt=no-new-privileges",
  "--user=65532:65532",
  "--memory=256m",
];

/**
 * Prepares podman, as root. It has no process of its own.
 * @throws Error when podman or runc is not installed, telling how to install them.
 */
export async function startPodman(): Promise<Podman> {
  for (const program of ["podman", "runc"]) {
    if (Bun.which(program, { PATH: `${process.env.PATH ?? ""}:/usr/sbin` }) === null) {
      throw new Error(`${program} is not installed; run: apt-get install --no-install-recommends podman runc`);
    }
  }
  const folder = await mkdtemp(join(tmpdir(), "fmesh-podman-"));
  const env = await configure(folder);
  const command = (args: readonly string[]): string[] => [
    "podman",
    `--root=${join(folder, "graph")}`,
    `--runroot=${join(folder, "run")}`,
    `--tmpdir=${join(folder, "tmp")}`,
    "--storage-driver=overlay",
    ...args,
  ];
  const podman = async (args: readonly string[], cwd?: string): Promise<string> => {
    const child = Bun.spawn(command(args), {
      env,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      ...(cwd !== undefined && { cwd }),
    });
    const [output = "", problem = ""] = await Promise.all(
      [child.stdout, child.stderr].map((stream) => new Response(stream).text()),
    );
    if ((await child.exited) !== 0) throw new Error(`podman ${args.join(" ")} failed: ${problem.trim()}`);
    return output.trim();
  };
  return {
    async pull(source) {
      // Podman makes a name of a layout's path, and capitals cannot be in a name: it gets to see the last folder only.
      const [, layout, rest = ""] = /^oci:(.*\/)(.*)$/.exec(source) ?? [];
      const options = ["--quiet", "--tls-verify=false", `--signature-policy=${join(folder, "policy.json")}`];
      return layout === undefined
        ? podman(["pull", ...options, source])
        : podman(["pull", ...options, `oci:${rest}`], layout);
    },
    async run(image, { env: variables = {}, entrypoint, args = [] } = {}) {
      const port = await freePort();
      const name = `fmesh-${randomUUID()}`;
      const child = Bun.spawn(
        command([
          "run",
          `--name=${name}`,
          "--network=host",
          ...RESTRICTED,
          ...Object.entries({ PORT: String(port), ...variables }).map(([key, value]) => `--env=${key}=${value}`),
          ...(entrypoint === undefined ? [] : [`--entrypoint=${entrypoint}`]),
          image,
          ...args,
        ]),
        { env, stdin: "ignore", stdout: "pipe", stderr: "pipe" },
      );
      const output = watch(child);
      const ended = child.exited.then(async (exitCode) => ({ exitCode, output: await output.all }));
      return {
        url: `http://127.0.0.1:${port}`,
        ended,
        untilLine: (part) => output.untilLine(part),
        stop: async (patienceSeconds) => {
          await podman(["stop", `--time=${patienceSeconds}`, name]);
        },
      };
    },
    async play(pod) {
      const { name } = pod.metadata;
      const file = join(folder, `${name}.yaml`);
      // YAML is a superset of JSON.
      await writeFile(file, JSON.stringify(pod));
      await podman(["play", "kube", "--network=host", "--log-driver=k8s-file", file]);
      const container = `${name}-${pod.spec.containers[0]?.name ?? ""}`;
      return {
        output: () => podman(["logs", container]),
        inspect: (field) => podman(["inspect", `--format={{.${field}}}`, container]),
        stop: async (patienceSeconds) => {
          await podman(["stop", `--time=${patienceSeconds}`, container]);
        },
      };
    },
    async close() {
      await podman(["pod", "rm", "--all", "--force", "--time=0"]);
      await podman(["rm", "--all", "--force", "--time=0"]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Limits that a machine without CAP_SYS_RESOURCE can set, and nothing that another podman on the machine would see. */
async function configure(folder: string): Promise<Record<string, string>> {
  const file = join(folder, "containers.conf");
  const lines = [
    "[containers]",
    'default_ulimits = ["nofile=20000:20000", "nproc=32768:32768"]',
    "[engine]",
    'runtime = "runc"',
    'cgroup_manager = "cgroupfs"',
    'events_logger = "none"',
  ];
  await writeFile(file, `${lines.join("\n")}\n`);
  await writeFile(join(folder, "policy.json"), JSON.stringify({ default: [{ type: "insecureAcceptAnything" }] }));
  return { PATH: process.env.PATH ?? "", HOME: folder, CONTAINERS_CONF: file };
}

/** Gathers what a container writes, to both of its outputs. */
function watch(child: Bun.Subprocess<"ignore", "pipe", "pipe">) {
  let text = "";
  let changed = Promise.withResolvers<void>();
  const wake = (): void => {
    const { resolve } = changed;
    changed = Promise.withResolvers();
    resolve();
  };
  const gather = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      text += decoder.decode(chunk, { stream: true });
      wake();
    }
  };
  let hasEnded = false;
  const all = Promise.all([gather(child.stdout), gather(child.stderr)]).then(() => {
    hasEnded = true;
    wake();
    return text;
  });
  return {
    all,
    async untilLine(part: string): Promise<string> {
      for (;;) {
        const line = text.split("\n").find((candidate) => candidate.includes(part));
        if (line !== undefined) return line;
        if (hasEnded) throw new Error(`the container ended without a line that holds "${part}":\n${text}`);
        await changed.promise;
      }
    },
  };
}

/** A port that nobody listens at. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("the free port has no number");
  return address.port;
}
