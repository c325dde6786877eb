import { execFile } from "node:child_process";
import { realpath } from "node:fs/promises";
import { promisify } from "node:util";
import { BaseError } from "../base/base-error.ts";
import type { Runtime, RuntimeSource } from "../base/runtime-files.ts";

const run = promisify(execFile);

/** Telling its version takes a program milliseconds. */
const PATIENCE_MS = 10_000;

/**
 * What this machine has to run functions with: Bun is what runs this process, Node.js and Deno are looked for on the `PATH`.
 * Python is the system's, so that there is nothing to say of it.
 * @throws BaseError `runtime_missing`
 */
export async function runtimeSource(runtime: Runtime): Promise<RuntimeSource | undefined> {
  if (runtime === "python") return undefined;
  if (runtime === "bun") return { program: process.execPath, version: Bun.version };
  const found = Bun.which(runtime);
  if (found === null) {
    const text = `there is no ${runtime} on this machine's PATH to make a base of`;
    throw new BaseError("runtime_missing", `${text}; install it, or name a base in builder.bases.${runtime}`);
  }
  const program = await realpath(found);
  return { program, version: await versionOf(runtime, program) };
}

async function versionOf(runtime: Runtime, program: string): Promise<string> {
  try {
    const { stdout } = await run(program, ["--version"], { timeout: PATIENCE_MS });
    const [version] = /\d+\.\d+\.\d+[\w.+-]*/.exec(stdout) ?? [];
    if (version !== undefined) return version;
  } catch (cause) {
    throw new BaseError("runtime_missing", `"${program}" does not start; install ${runtime} again`, { cause });
  }
  throw new BaseError("runtime_missing", `"${program}" does not tell its version; is it ${runtime}?`);
}
