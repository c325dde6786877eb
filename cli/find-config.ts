import { statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Failure } from "./failure.ts";

/** Names a configuration may have when a folder is given, in this order. */
const FILE_NAMES = ["fmesh.yaml", "fmesh.yml", "fmesh.json", "config.yaml"];

/**
 * The configuration file meant by a path on the command line: the file itself, or the one in the folder.
 * @throws Failure when there is none.
 */
export function findConfig(path: string): string {
  const found = configAt(resolve(path));
  if (found !== undefined) return found;
  throw new Failure(
    `there is no configuration at "${resolve(path)}": name a file, or a folder that holds ${FILE_NAMES[0]}; \`fmesh init\` makes one`,
  );
}

/** The same for commands that start nothing, which also look in the folders above, as for a mesh that runs. */
export function findConfigAbove(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return findConfig(path);
  for (let at = resolve(path); at !== dirname(at); at = dirname(at)) {
    const found = configAt(at);
    if (found !== undefined) return found;
  }
  return findConfig(path);
}

function configAt(path: string): string | undefined {
  return isFile(path) ? path : FILE_NAMES.map((name) => join(path, name)).find(isFile);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
