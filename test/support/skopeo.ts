import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs `skopeo`, an independent reader and writer of registries and layouts; it answers what it wrote. */
export async function skopeo(...args: string[]): Promise<string> {
  try {
    // No signatures are asked for: the policy file that would say so is another package.
    const { stdout } = await run("skopeo", ["--insecure-policy", ...args], { maxBuffer: 16 * 1024 * 1024 });
    return stdout;
  } catch (cause) {
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    if (!isMissing) throw cause;
    throw new Error("skopeo is not installed; run: apt-get install --no-install-recommends skopeo", { cause });
  }
}
