import { existsSync, realpathSync } from "node:fs";
import { DeployError } from "../../deploy-error.ts";
import type { InstanceSpec } from "../instance.ts";
import { socketOf } from "./bare.ts";
import { environmentOf } from "./environment.ts";
import type { StoredImage } from "./image/image-store.ts";
import type { Launch } from "./launch.ts";
import type { Limits } from "./limits.ts";
import type { Guard } from "./sandbox.ts";

/** Below what all runtimes may read: Deno is told which paths, by the image. */
const SOCKET = "/tmp/fmesh/nats.sock";
const SECRETS = "/tmp/fmesh/secrets";
/** Names are looked up as on the machine. */
const RESOLVER = ["/etc/resolv.conf", "/etc/hosts"];
const ARGUMENTS_FD = "3";
const FILTER_FD = "4";

export interface SandboxedOptions {
  readonly image: StoredImage;
  readonly guard: Guard;
  readonly limits: Limits;
  readonly secrets: string | undefined;
}

/**
 * An instance in a sandbox: the image's files, which it cannot change, some room in memory, and the broker's socket. It sees no
 * other process, and no network unless that was granted.
 * @throws DeployError `start_failed` when the broker cannot be reached from there.
 */
export function sandboxed(spec: InstanceSpec, options: SandboxedOptions): Launch {
  const { image, guard, limits, secrets } = options;
  const { deployment, instance, natsUrl } = spec;
  const hasNetwork = deployment.network === "full";
  const socket = socketOf(natsUrl);
  if (socket === undefined && !hasNetwork) {
    throw new DeployError(
      "start_failed",
      `"${deployment.label}" has no network, and the broker no Unix socket; let the deployer have one, or grant the network`,
    );
  }
  const places = {
    natsUrl: socket === undefined ? natsUrl : withPath(natsUrl, SOCKET),
    secrets: secrets === undefined ? undefined : SECRETS,
  };
  const env = environmentOf(image.env, spec, places);
  const resolver = hasNetwork ? RESOLVER.filter((path) => existsSync(path)) : [];
  const half = String(Math.floor(limits.memoryBytes / 2));
  const room = (folder: string): readonly string[] => ["--size", half, "--perms", "1777", "--tmpfs", folder];
  const args = [
    ...["--ro-bind", image.root, "/", "--seccomp", FILTER_FD],
    ...guard.isolation(hasNetwork),
    ...["--hostname", instance],
    // Started by root, it could write the kernel's settings: they belong to whom it is outside.
    ...["--proc", "/proc", "--remount-ro", "/proc"],
    // Folders in memory have no bound of their own.
    ...["--dev", "/dev", ...room("/dev/shm"), "--remount-ro", "/dev", ...room("/tmp")],
    ...resolver.flatMap((path) => ["--ro-bind", realpathSync(path), path]),
    ...(socket === undefined ? [] : ["--bind", socket, SOCKET]),
    ...(secrets === undefined ? [] : ["--ro-bind", secrets, SECRETS]),
    ...["--chdir", image.folder, "--clearenv"],
    ...Object.entries(env).flatMap(([name, value]) => ["--setenv", name, value]),
  ];
  if (args.some((arg) => arg.includes("\0"))) {
    throw new DeployError("invalid", `the image "${deployment.image.reference}" names a path that cannot be`);
  }
  return {
    // Its environment holds what others may not see, and command lines are there for all to see. Nor may it be the guard's own,
    // which is no part of the sandbox: the function chooses what is in it.
    command: [...guard.command, "--args", ARGUMENTS_FD, "--", ...image.command],
    inputs: [args.map((arg) => `${arg}\0`).join(""), guard.filter],
    env: {},
    folder: "/",
    isGuarded: true,
  };
}

function withPath(natsUrl: string, path: string): string {
  const url = new URL(natsUrl);
  url.pathname = path;
  return url.href;
}
