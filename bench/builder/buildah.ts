import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuildDefinition } from "../../builder/build.ts";
import type { Closable } from "../../mesh/lifecycle.ts";

export interface BuildahOptions {
  /** `copies`: the source is put onto the base, and nothing is run. `bundles`: the base's Bun makes one file of it first. */
  readonly way: keyof typeof CONTAINERFILES;
  readonly folder: string;
  /** `127.0.0.1:port` of a registry without TLS. */
  readonly host: string;
  /** In that registry: `base/bun:tag`. */
  readonly base: string;
}

export interface Buildah extends Closable {
  readonly build: (definition: BuildDefinition) => Promise<{ readonly reference: string; readonly sentBytes: number }>;
}

const CONTAINERFILES = {
  copies: (base: string) => `FROM ${base}
COPY handler.ts /app/handler.ts
ENTRYPOINT ["bun", "/app/handler.ts"]
`,
  bundles: (base: string) => `FROM ${base} AS build
COPY handler.ts /src/handler.ts
RUN ["bun", "build", "/src/handler.ts", "--target=bun", "--outfile=/tmp/function.js"]
FROM ${base}
COPY --from=build /tmp/function.js /app/function.js
ENTRYPOINT ["bun", "/app/function.js"]
`,
};

/** The same work by `buildah`, from a Containerfile. Layers are cached, and the base is pulled before anything is measured. */
export async function buildahBuild({ way, folder, host, base }: BuildahOptions): Promise<Buildah> {
  const home = join(folder, `buildah-${way}`);
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
  await writeFile(join(context, "Containerfile"), CONTAINERFILES[way](`${host}/${base}`));
  return {
    async build({ project, label, version, handler }) {
      const reference = `${host}/${project}/${label.replaceAll(/[^a-z0-9]+/g, "-")}:v${version}`;
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
