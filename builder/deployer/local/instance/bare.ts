import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Deployment } from "../../../../mesh/deployment.ts";
import { DeployError } from "../../deploy-error.ts";
import type { StoredImage } from "./image/image-store.ts";
import type { InstanceSpec } from "../instance.ts";
import { environmentOf } from "./environment.ts";
import type { Launch } from "./launch.ts";

/** The machine's own runtimes. */
export type Programs = Readonly<Partial<Record<Deployment["runtime"], string | undefined>>>;

const PATH = "/usr/local/bin:/usr/bin:/bin";
/** What Deno is allowed, path by path. */
const DENO_PATHS = /^(--allow-(?:read|write)=)(.*)$/;

/**
 * An instance as an ordinary process: the machine's runtime on the image's files, which it finds where they are on this machine.
 * @throws DeployError `start_failed` when this machine does not have the runtime.
 */
export function bare(
  spec: InstanceSpec,
  { image, programs, secrets }: { image: StoredImage; programs: Programs; secrets: string | undefined },
): Launch {
  const { runtime, label } = spec.deployment;
  const program = programs[runtime];
  if (program === undefined) {
    const advice = `install ${runtime}, or bubblewrap, with which the image's own is used`;
    throw new DeployError("start_failed", `"${label}" runs on ${runtime}, which this machine does not have; ${advice}`);
  }
  const own = [socketOf(spec.natsUrl), secrets].filter((path) => path !== undefined);
  const [, ...args] = image.command;
  const env = Object.entries(image.env).map(([name, value]) => [name, onDisk(value, image)] as const);
  return {
    command: [program, ...args.map((arg) => withPaths(arg, image, own))],
    env: environmentOf({ ...Object.fromEntries(env), PATH }, spec, { natsUrl: spec.natsUrl, secrets }),
    folder: onDisk(image.folder, image),
    inputs: [],
    isGuarded: false,
  };
}

/** The path of the broker's socket in its URL, if that has one. */
export function socketOf(natsUrl: string): string | undefined {
  const { protocol, pathname } = new URL(natsUrl);
  return protocol === "nats+unix:" ? decodeURIComponent(pathname) : undefined;
}

function withPaths(arg: string, image: StoredImage, own: readonly string[]): string {
  const [, flag, paths = ""] = DENO_PATHS.exec(arg) ?? [];
  if (flag === undefined) return onDisk(arg, image);
  return flag + [...paths.split(",").map((path) => onDisk(path, image)), ...own].join(",");
}

/** What the image has is meant; anything else is the machine's. */
function onDisk(path: string, { root }: StoredImage): string {
  if (!path.startsWith("/") || path === "/" || path.startsWith("/tmp")) return path;
  const there = join(root, path);
  return existsSync(there) ? there : path;
}
