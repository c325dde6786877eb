import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BuildDefinition, Bundle } from "../../../builder/build.ts";
import { BuildError } from "../../../builder/bundle/build-error.ts";
import { bundle } from "../../../builder/bundle/bundle.ts";
import type { BundleCall, BundleOptions } from "../../../builder/bundle/options.ts";

/** Of a function, what matters to a bundle. */
export type Source = Pick<BuildDefinition, "template" | "runtime" | "handler" | "dependencies">;

/** A handler in TypeScript for Bun, unless something else is said. */
export function source(handler: string, rest: Partial<Source> = {}): Source {
  return { template: "typescript", runtime: "bun", dependencies: {}, handler, ...rest };
}

/** How the tests bundle. */
export const OPTIONS: BundleOptions = {
  bun: process.execPath,
  entry: join(import.meta.dirname, "../../../worker-service/runtime/function-entry.ts"),
  python: Bun.which("python3") ?? undefined,
  temporaryFolder: tmpdir(),
};

export function bundled(of: Source, options: Partial<BundleOptions> = {}, call: BundleCall = {}): Promise<Bundle> {
  return bundle(of, { ...OPTIONS, ...options }, call);
}

/** What is wrong with a function. */
export async function refusal(of: Source, options: Partial<BundleOptions> = {}): Promise<BuildError> {
  try {
    await bundled(of, options);
  } catch (error) {
    if (error instanceof BuildError) return error;
    throw error;
  }
  throw new Error("the function was bundled, and should not have been");
}

/** The text of a bundle's file. */
export function textOf({ files }: Bundle, path = "function.js"): string {
  const file = files.find((each) => each.path === path);
  if (file === undefined) throw new Error(`the bundle has no "${path}"`);
  return new TextDecoder().decode(file.bytes);
}

/** All of a bundle, with digests in place of bytes. */
export function fingerprint(bundle: Bundle): unknown {
  const files = bundle.files.map(({ bytes, ...file }) => ({ ...file, sha256: Bun.SHA256.hash(bytes, "hex") }));
  return { ...bundle, files };
}
