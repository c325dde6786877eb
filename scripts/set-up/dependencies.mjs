import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { SetUpError } from "./error.mjs";
import { run } from "./run.mjs";

/**
 * Installs exactly what the lockfile says.
 *
 * @param {{ root: string, tools: string, bun: string, say: (line: string) => void }} options
 */
export async function installDependencies({ root, tools, bun, say }) {
  say("installing the dependencies …");
  const { ok, output } = await run(bun, ["install", "--frozen-lockfile"], { cwd: root });
  if (ok) return;
  const log = join(tools, "set-up.log");
  writeFileSync(log, output);
  const advice = output.includes("lockfile is frozen")
    ? 'package.json and bun.lockb disagree; run "bun install" and "bun run lockfile"'
    : "check the network connection and run this again";
  throw new SetUpError(`the dependencies could not be installed; ${advice} (details: "${log}")`);
}
