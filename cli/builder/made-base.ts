import { existsSync } from "node:fs";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildBase } from "../../builder/base/build-base.ts";
import type { BuiltBase } from "../../builder/base/built-base.ts";
import { unpackDebs } from "../../builder/base/deb.ts";
import type { Runtime } from "../../builder/base/runtime-files.ts";
import { runtimeSource } from "../../builder/runtime/runtime-source.ts";
import type { BaseSource } from "./base-sources.ts";

/** How one base is made. */
export interface MakeBaseOptions {
  readonly runtime: Runtime;
  readonly cacheFolder: string;
  readonly signal: AbortSignal;
}

/** A base that was made, and how long that took, in milliseconds. */
export interface MadeBase {
  readonly base: BuiltBase;
  readonly durationMs: number;
}

/** Makes the base of one architecture, of what this machine has or of what was named. @throws BaseError */
export async function makeBase(source: BaseSource, options: MakeBaseOptions): Promise<MadeBase> {
  const { architecture, root, libc } = source;
  const { runtime, signal } = options;
  const startedAt = performance.now();
  const from = source.from ?? (await runtimeSource(runtime));
  const base = await withSystem({ root, libc, signal }, (system) =>
    buildBase({
      ...{ ...options, architecture },
      ...(from !== undefined && { from }),
      ...(system !== undefined && { root: system }),
    }),
  );
  return { base, durationMs: performance.now() - startedAt };
}

/** Unpacks the packages of a system for as long as it is needed. */
async function withSystem<T>(
  { root, libc, signal }: Pick<BaseSource, "root" | "libc"> & { readonly signal: AbortSignal },
  work: (root: string | undefined) => Promise<T>,
): Promise<T> {
  if (libc.length === 0) return work(root);
  const folder = await mkdtemp(join(tmpdir(), "fmesh-base-"));
  try {
    await unpackDebs(libc, folder, { signal });
    await mergeUsr(folder);
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Since Debian 13 packages have their libraries below `/usr` alone, and another one brings the links that lead there. */
async function mergeUsr(folder: string): Promise<void> {
  for (const name of ["lib", "lib64"]) {
    const link = join(folder, name);
    if (existsSync(join(folder, "usr", name)) && !existsSync(link)) await symlink(`usr/${name}`, link);
  }
}
