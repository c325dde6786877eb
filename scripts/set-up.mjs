/**
 * Everything between a fresh clone and a first run: Bun of the pinned version and the dependencies.
 *
 * Plain JavaScript on purpose, like all it imports: it runs on Node, before there is a Bun.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findBun } from "./set-up/bun-binary.mjs";
import { installDependencies } from "./set-up/dependencies.mjs";
import { withLock } from "./set-up/lock.mjs";
import { readStamp, writeStamp } from "./set-up/stamp.mjs";

/** The project's folder. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * Makes sure that Bun and the dependencies are there, doing only what is missing.
 * When nothing is missing that costs three small reads and no process.
 *
 * @param {{ root?: string, say?: (line: string) => void }} [options] `say` gets one line per step that takes a
 *   while; default: standard error.
 * @returns {Promise<string>} the path of the Bun binary
 * @throws {import("./set-up/error.mjs").SetUpError} when something could not be fetched
 */
export async function ensureSetUp({ root = ROOT, say = (line) => console.error(`fmesh: ${line}`) } = {}) {
  const ready = readStamp(root);
  if (ready !== undefined) return ready;

  const tools = join(root, ".tools");
  mkdirSync(tools, { recursive: true });
  return withLock(join(tools, "set-up.lock"), say, async () => {
    // Another launch may have done it all while this one waited.
    const readyByNow = readStamp(root);
    if (readyByNow !== undefined) return readyByNow;
    const bun = await findBun({ root, tools, say });
    await installDependencies({ root, tools, bun, say });
    writeStamp(root, bun);
    return bun;
  });
}
