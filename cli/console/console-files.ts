import { existsSync } from "node:fs";
import { join } from "node:path";
import { ConsoleFolder } from "../../gateway/runtime/console-folder.ts";
import type { CloseStack } from "../../mesh/lifecycle.ts";
import type { Log } from "../../mesh/log.ts";
import { BUILT, isBuilt } from "../../scripts/console/fingerprint.mjs";

const ROOT = join(import.meta.dirname, "../..");
const FOLDER = join(ROOT, "console");

/**
 * The console's files. In a clone they are built beside everything else where their sources are newer, once for all processes;
 * closing the stack ends that.
 */
export function consoleFiles(log: Log, stack: CloseStack): ConsoleFolder {
  const hasSources = existsSync(join(FOLDER, "vite.config.ts"));
  const building = hasSources && !isBuilt(FOLDER) ? build(log, stack) : undefined;
  // Who opens the console is told; the log has been.
  building?.catch(() => undefined);
  return new ConsoleFolder(join(FOLDER, BUILT), () => building);
}

async function build(log: Log, stack: CloseStack): Promise<void> {
  log.info("building the console, for the first time since it changed");
  let isStopping = false;
  const program = Bun.spawn([process.execPath, join(ROOT, "scripts/console.mjs")], {
    cwd: ROOT,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  stack.defer(async () => {
    isStopping = true;
    program.kill();
    await program.exited;
  });
  const [code, said] = await Promise.all([program.exited, new Response(program.stderr).text()]);
  if (code === 0 || isStopping) return;
  log.warn("the console could not be built, so there is none", { output: said });
  throw new Error(`the console could not be built:\n\n${said}`);
}
