import { chmod, mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { arch, getuid } from "node:process";
import { CloseStack } from "../../../../mesh/lifecycle.ts";
import type { Log } from "../../../../mesh/log.ts";
import type { Registry } from "../../../registry.ts";
import { DeployError } from "../../deploy-error.ts";
import type { ImageReference, InstanceEvents, InstanceSpec, Instances, RunningInstance, Sandbox } from "../instance.ts";
import { type Programs, bare, socketOf } from "./bare.ts";
import { ImageStore } from "./image/image-store.ts";
import type { Launch } from "./launch.ts";
import { type Limits, limitsOf } from "./limits.ts";
import { Limiter, describeLimits } from "./limits/limiter.ts";
import { Output } from "./output.ts";
import { PrivateFolder, noteProcess, placeInMemory } from "./private-folder.ts";
import { startProcess } from "./running-process.ts";
import { type Guard, findGuard } from "./sandbox.ts";
import { sandboxed } from "./sandboxed.ts";
import { writeSecrets } from "./secrets.ts";
import { letConnect } from "./user.ts";

export interface OpenInstancesOptions {
  /** Where images are had from. */
  readonly registry: Registry;
  /** Where they are kept. */
  readonly folder: string;
  /** Where an operator keeps secrets: `<project>/<name>/<key>`. */
  readonly secretsFolder: string;
  /** `auto`: where it works. */
  readonly sandbox: "auto" | "required" | "off";
  /** Bubblewrap's program, where there is one. */
  readonly bwrap: string | undefined;
  /** The machine's runtimes, for instances without a sandbox. */
  readonly programs: Programs;
  /** `auto` (default): the kernel's where it lets this process; a path: of a group (version 2) that is this process's alone. */
  readonly controlGroups?: "auto" | "off" | (string & {});
  /** What a layer of an image may unpack to. Default: 2 GiB. */
  readonly maxLayerBytes?: number;
  /** What an instance may start, itself included; threads count as well where the kernel counts. Default: 512. */
  readonly maxProcesses?: number;
  readonly log: Log;
}

/** Runtimes have some dozen threads; what starts more than this starts them without end. */
const MAX_PROCESSES = 512;
const MAX_LAYER_BYTES = 2 * 1024 ** 3;
/** Once nobody waits for calls any more. */
const AT_ONCE_MS = 0;

/**
 * Finds out what this machine can do to keep instances apart and limited, and says so in the log.
 * @throws DeployError `invalid` when a sandbox is required and there is none.
 */
export async function openInstances(options: OpenInstancesOptions): Promise<Instances> {
  const { registry, sandbox: mode, bwrap, controlGroups = "auto", log } = options;
  // Instances are started somewhere else.
  const folder = resolve(options.folder);
  // Others may pass through it, to images; a folder that was there is as its owner wants it.
  const isNew = (await mkdir(folder, { recursive: true })) !== undefined;
  if (isNew) await chmod(folder, 0o711);
  const architecture = arch === "arm64" ? "arm64" : "amd64";
  const { maxLayerBytes: maxBytes = MAX_LAYER_BYTES } = options;
  const images = await ImageStore.open({ registry, folder, architecture, maxBytes });
  const isRoot = getuid?.() === 0;
  const place = join(folder, "images", "image");
  const { guard, sandbox } = await findGuard({ mode, bwrap, folder: place, architecture, isRoot });
  const limiter = await Limiter.open({ controlGroups, log });
  const onDisk = new PrivateFolder(join(folder, "running"));
  const inMemory = new PrivateFolder(placeInMemory(join(folder, "running")));
  const where = sandbox.isOn ? "deployed functions run in sandboxes" : "deployed functions run without a sandbox";
  log.info(`${where}; ${describeLimits(limiter.byKernel)}`);
  if (!sandbox.isOn && mode === "auto")
    log.warn("deployed functions see this machine's files and network", { why: sandbox.why });
  return new LocalInstances(options, { images, guard, sandbox, limiter, onDisk, inMemory });
}

interface Parts {
  readonly images: ImageStore;
  readonly guard: Guard | undefined;
  readonly sandbox: Sandbox;
  readonly limiter: Limiter;
  readonly onDisk: PrivateFolder;
  readonly inMemory: PrivateFolder;
}

class LocalInstances implements Instances {
  readonly sandbox: Sandbox;
  readonly #options: OpenInstancesOptions;
  readonly #parts: Parts;
  readonly #running = new Map<RunningInstance, string>();
  /** Images to be removed when nothing runs from them any more. */
  readonly #leaving = new Set<string>();
  #isClosed = false;

  constructor(options: OpenInstancesOptions, parts: Parts) {
    this.#options = options;
    this.#parts = parts;
    this.sandbox = parts.sandbox;
  }

  prepare(image: ImageReference, call: { readonly signal: AbortSignal }): Promise<void> {
    this.#leaving.delete(image.digest);
    return this.#parts.images.prepare(image, call);
  }

  async start(spec: InstanceSpec, on: InstanceEvents): Promise<RunningInstance> {
    const { deployment, instance } = spec;
    const { limiter, guard, onDisk, inMemory } = this.#parts;
    if (this.#isClosed) {
      throw new DeployError("start_failed", `"${deployment.label}" is not started: the deployer ends`);
    }
    const name = `${deployment.project}.${deployment.label}.${instance}`;
    const parts = new CloseStack();
    try {
      // Deno lets nothing below /dev be read unless everything may be done.
      const folder = (guard === undefined && deployment.runtime === "deno" ? onDisk : inMemory).lend(name);
      parts.defer(() => rm(folder, { recursive: true, force: true }));
      const limits = limitsOf(deployment, this.#options.maxProcesses ?? MAX_PROCESSES);
      const launch = await this.#launch(spec, { limits, folder });
      const group = limiter.group(name, limits);
      parts.defer(async () => void (await group?.remove()));
      const output = new Output((text) => on.line(text));
      const running = await startProcess(launch, { output, group, watched: limiter.toWatch(limits) });
      noteProcess(folder, running.pid);
      const kept = this.#keep(running, { digest: deployment.image.digest, parts });
      // What began to be closed meanwhile does not know of this one.
      if (this.#isClosed) await kept.stop(AT_ONCE_MS);
      return kept;
    } catch (cause) {
      await parts.close();
      if (cause instanceof DeployError) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new DeployError("start_failed", `"${deployment.label}" could not be started: ${why}`, { cause });
    }
  }

  async keepOnly(digests: readonly string[]): Promise<void> {
    for (const digest of this.#running.values()) if (!digests.includes(digest)) this.#leaving.add(digest);
    await this.#parts.images.keepOnly([...digests, ...this.#running.values()]);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#running.keys()].map((instance) => instance.stop(AT_ONCE_MS)));
    this.#parts.limiter.close();
    this.#parts.onDisk.close();
    this.#parts.inMemory.close();
  }

  async #launch(spec: InstanceSpec, { limits, folder }: { limits: Limits; folder: string }): Promise<Launch> {
    const { deployment } = spec;
    const { guard, images } = this.#parts;
    const { secretsFolder, programs } = this.#options;
    const image = await images.find(deployment.image.digest);
    if (image === undefined) {
      const text = `the image "${deployment.image.reference}" is not on this machine; deploy "${deployment.label}" again`;
      throw new DeployError("image_unavailable", text);
    }
    const hasSecrets = Object.keys(deployment.secrets).length > 0;
    const secrets = hasSecrets ? join(folder, "secrets") : undefined;
    if (secrets !== undefined) await writeSecrets(deployment, { secretsFolder, folder: secrets, user: guard?.user });
    if (guard === undefined) return bare(spec, { image, programs, secrets });
    const socket = socketOf(spec.natsUrl);
    if (socket !== undefined && guard.user !== undefined) letConnect(socket, guard.user);
    return sandboxed(spec, { image, guard, limits, secrets });
  }

  #keep(running: RunningInstance, { digest, parts }: { digest: string; parts: CloseStack }): RunningInstance {
    this.#running.set(running, digest);
    const ended = running.ended.then(async (end) => {
      this.#running.delete(running);
      await this.#cleanUp(digest, parts).catch((error: unknown) => {
        this.#options.log.warn("what an instance has left could not be removed", { error });
      });
      return end;
    });
    return { pid: running.pid, ended, stop: (graceMs) => running.stop(graceMs).then(() => ended) };
  }

  async #cleanUp(digest: string, parts: CloseStack): Promise<void> {
    await parts.close();
    if (!this.#leaving.has(digest) || [...this.#running.values()].includes(digest)) return;
    this.#leaving.delete(digest);
    await this.#parts.images.remove(digest);
  }
}
