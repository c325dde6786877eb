import { Failure } from "../failure.ts";

/** What installs them by hand: Bun, which came with us where it is not on the path. */
export function installCommand(): string {
  return Bun.which("bun") === null ? `"${process.execPath}" install` : "bun install";
}

/**
 * Installs a project's dependencies, telling `say` what it is at.
 * @throws Failure with what the installer said.
 */
export async function installDependencies(folder: string, say: (line: string) => void): Promise<void> {
  say("installing the dependencies …");
  const startedAt = performance.now();
  const child = Bun.spawn([process.execPath, "install", "--no-progress"], {
    cwd: folder,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [code, ...output] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  if (code !== 0) {
    const said = output.join("").trim();
    throw new Failure(`the dependencies could not be installed; run \`${installCommand()}\` in "${folder}":\n${said}`);
  }
  say(`installed in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}
