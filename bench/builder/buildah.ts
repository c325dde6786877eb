import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuildDefinition } from "../../builder/build.ts";
import type { Closable } from "../../mesh/lifecycle.ts";

export interface BuildahOptions {
  readonly folder: string;
  /** `127.0.0.1:port` of a registry without TLS. */
  readonly host: string;
  /** In that registry: `base/bun:tag`. */
  readonly base: string;
}

export interface Buildah extends Closable {
  readonly build: (definition: BuildDefinition) => Promise<{ readonly reference: string; readonly sentBytes: number }>;
}

/**
 * The same work by `buildah`, with the least that a Containerfile can ask for: one file copied onto the base, nothing run, so
 * that no container is started. Layers are cached, and the base is pulled before anything is measured.
 */
export async function buildahBuild({ folder, host, base }: BuildahOptions): Promise<Buildah> {
  const home = join(folder, "buildah");
  const context = join(home, "context");
  await mkdir(context, { recursive: true });
  await writeFile(join(home, "policy.json"), JSON.stringify({ default: [{ type: "insecureAcceptAnything" }] }));
  const options = [`--root=${home}/graph`, `--runroot=${home}/run`, "--storage-driver=overlay"];
  const policy = [`--signature-policy=${home}/policy.json`, "--tls-verify=false"];
  const buildah = async (command: string, ...args: string[]): Promise<void> => {
    const child = Bun.spawn(["buildah", ...options, command, ...args], {
      env: { PATH: process.env.PATH ?? "", HOME: home, BUILDAH_ISOLATION: "chroot" },
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
    });
    const problem = await new Response(child.stderr).text();
    if ((await child.exited) !== 0) throw new Error(`buildah ${command} failed: ${problem.trim()}`);
  };
  await buildah("pull", ...policy, `docker://${host}/${base}`);
  await writeFile(
    join(context, "Containerfile"),
    `FROM ${host}/${base}\nCOPY handler.ts /app/handler.ts\nENTRYPOINT ["bun", "/app/handler.ts"]\n`,
  );
  return {
    async build({ project, label, version, handler }) {
      const reference = `${host}/${project}/${label}:v${version}`;
      await writeFile(join(context, "handler.ts"), handler);
      await buildah("build", ...policy, "--layers", "--pull=never", `--tag=${reference}`, context);
      await buildah("push", ...policy, reference, `docker://${reference}`);
      return { reference, sentBytes: 0 };
    },
    async close() {
      await buildah("rmi", "--all", "--force");
      await rm(home, { recursive: true, force: true });
    },
  };
}
