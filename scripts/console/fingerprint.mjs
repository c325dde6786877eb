import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** What the console is made into, and what is noted there of its sources. */
export const BUILT = "dist";
const NOTE = ".built";

/**
 * Whether the console is built from the sources that are there.
 *
 * @param {string} folder the console's
 */
export function isBuilt(folder) {
  const note = noteFile(folder);
  return existsSync(note) && readFileSync(note, "utf8") === fingerprintOf(folder);
}

/**
 * The sources, as one text that changes with them.
 *
 * @param {string} folder the console's
 */
export function fingerprintOf(folder) {
  const hash = createHash("sha256").update(readFileSync(join(folder, "../bun.lockb")));
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    // Also what is being built at the moment.
    .filter((file) => !file.startsWith(join(folder, BUILT)))
    .toSorted();
  for (const name of names) hash.update(`${name.slice(folder.length)}\n`).update(readFileSync(name));
  return hash.digest("hex");
}

/**
 * Where a build notes its sources.
 *
 * @param {string} folder the console's
 * @param {string} [built] where the build is
 */
export function noteFile(folder, built = BUILT) {
  return join(folder, built, NOTE);
}
