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

/** Beside its own: what the types come from that its code editor knows. */
const OTHER_SOURCES = ["client", "mesh", "worker-service"];

/**
 * The sources, as one text that changes with them.
 *
 * @param {string} folder the console's
 */
export function fingerprintOf(folder) {
  const root = join(folder, "..");
  const hash = createHash("sha256").update(readFileSync(join(root, "bun.lockb")));
  // Not what is built, or being built at the moment.
  const own = filesIn(folder).filter((file) => !file.startsWith(join(folder, BUILT)));
  const others = OTHER_SOURCES.flatMap((name) => filesIn(join(root, name)));
  for (const file of [...own, ...others]) hash.update(`${file.slice(root.length)}\n`).update(readFileSync(file));
  return hash.digest("hex");
}

/** @param {string} folder */
function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
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
