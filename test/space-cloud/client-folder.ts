import { cp, mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { PROJECT_ROOT } from "../support/fmesh.ts";
import { node } from "../support/node.ts";

/** The published versions of the package `space-api` that the tests know. */
export const VERSIONS = ["0.5.0", "0.10.3", "0.12.1", "0.15.0", "0.18.2", "0.19.3"] as const;

export type Version = (typeof VERSIONS)[number];

const PACKAGES = join(PROJECT_ROOT, "node_modules");

/**
 * Makes a folder as `npm install space-api@…` left it: the package under its own name, and beside it the releases that
 * it asks for, such as the `ws` of its time, which its other packages then share.
 */
export async function clientFolder(folder: string, version: Version): Promise<void> {
  const modules = join(folder, "node_modules");
  await mkdir(modules, { recursive: true });
  const installed = join(PACKAGES, `space-api-${version.replaceAll(".", "-")}`);
  const own = await readdir(join(installed, "node_modules"));
  await symlink(installed, join(modules, "space-api"));
  for (const name of own) await symlink(join(installed, "node_modules", name), join(modules, name));
  const others = (await readdir(PACKAGES)).filter((name) => !own.includes(name));
  for (const name of others) await symlink(join(PACKAGES, name), join(modules, name));
}

/** Makes one with the programs of `peers/` in it. */
export async function peersFolder(folder: string, version: Version): Promise<void> {
  await clientFolder(folder, version);
  await cp(join(import.meta.dirname, "peers"), folder, { recursive: true });
}

/** Node, which takes the links of such a folder for what they stand for. */
export const NODE_2019: readonly string[] = [node(), "--preserve-symlinks"];
