import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT_ROOT, startCommand } from "../support/fmesh.ts";

/** A build of the console in a folder of its own. */
export interface BuiltConsole {
  readonly folder: string;
  readonly remove: () => Promise<void>;
}

/** Builds the console as it is now. @param mode `gallery` has a page with all components at `/console/ui`. */
export async function buildConsole(mode: "production" | "gallery"): Promise<BuiltConsole> {
  const folder = await mkdtemp(join(tmpdir(), "fmesh-console-"));
  const vite = join(PROJECT_ROOT, "node_modules/vite/bin/vite.js");
  const args = ["build", join(PROJECT_ROOT, "console"), "--mode", mode, "--outDir", folder, "--emptyOutDir"];
  const command = startCommand([process.execPath, "--bun", vite, ...args]);
  const code = await command.exited;
  if (code !== 0) throw new Error(`the console cannot be built:\n${command.output()}`);
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
