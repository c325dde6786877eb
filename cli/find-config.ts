import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { Failure } from "./failure.ts";

/** Names a configuration may have when a folder is given, in this order. */
const FILE_NAMES = ["fmesh.yaml", "fmesh.yml", "fmesh.json", "config.yaml"];

/**
 * The configuration file meant by a path on the command line: the file itself, or the one in the folder.
 * @throws Failure when there is none.
 */
export function findConfig(path: string): string {
  const absolute = resolve(path);
  if (isFile(absolute)) return absolute;
  const found = FILE_NAMES.map((name) => join(absolute, name)).find(isFile);
  if (found !== undefined) return found;
  throw new Failure(`there is no configuration at "${path}": name a file, or a folder that holds ${FILE_NAMES[0]}`);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
