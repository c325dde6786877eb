import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../set-up.mjs";
import { SetUpError } from "../set-up/error.mjs";
import { withLock } from "../set-up/lock.mjs";
import { run } from "../set-up/run.mjs";
import { BUILT, fingerprintOf, isBuilt, noteFile } from "./fingerprint.mjs";

const FOLDER = join(ROOT, "console");
/** A build is made here and put in place as a whole, so that nobody is served half of one. */
const BUILDING = "dist.new";
const BEFORE = "dist.old";

/**
 * Builds the console, if its sources changed since the last time.
 *
 * @param {string} bun path of the Bun binary
 * @param {(line: string) => void} say told what takes a while
 * @throws {SetUpError} when Vite cannot build it
 */
export async function buildConsole(bun, say) {
  if (isBuilt(FOLDER)) return;
  const tools = join(ROOT, ".tools");
  mkdirSync(tools, { recursive: true });
  await withLock(join(tools, "console.lock"), say, async () => {
    // Another process may have built it while this one waited.
    if (isBuilt(FOLDER)) return;
    say("building the console …");
    const fingerprint = fingerprintOf(FOLDER);
    const vite = join(ROOT, "node_modules/vite/bin/vite.js");
    const args = ["--bun", vite, "build", FOLDER, "--outDir", BUILDING, "--emptyOutDir", "--logLevel", "warn"];
    const { ok, output } = await run(bun, args, { cwd: ROOT });
    if (!ok) throw new SetUpError(`the console cannot be built:\n${output.trimEnd()}`);
    writeFileSync(noteFile(FOLDER, BUILDING), fingerprint);
    putInPlace();
  });
}

function putInPlace() {
  const [built, building, before] = [BUILT, BUILDING, BEFORE].map((name) => join(FOLDER, name));
  if (built === undefined || building === undefined || before === undefined) return;
  rmSync(before, { recursive: true, force: true });
  if (existsSync(built)) renameSync(built, before);
  renameSync(building, built);
  rmSync(before, { recursive: true, force: true });
}
