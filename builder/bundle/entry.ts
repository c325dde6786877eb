import { stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { BundleFile } from "../build.ts";
import { BuildError } from "./build-error.ts";
import { entryModules } from "./entry-modules.ts";
import type { BuildLimits } from "./limits.ts";
import { runStep } from "./step-process.ts";
import { inWorkFolder } from "./work-folder.ts";

/** Where the entry's source is, and what bundles it. */
export interface EntryOptions {
  readonly entry: string;
  readonly bun: string;
  readonly temporaryFolder: string;
  readonly limits: BuildLimits;
}

/**
 * Gives what starts functions in their images: a few modules, the same for every function, so that registries have them once.
 * Remembers it for as long as the source is the same file.
 */
export class EntryBundler {
  readonly #bundled = new Map<string, Promise<readonly BundleFile[]>>();

  async bundle(options: EntryOptions): Promise<readonly BundleFile[]> {
    const { entry, bun } = options;
    const { mtimeMs } = await stat(entry);
    const key = JSON.stringify([entry, mtimeMs, bun]);
    const known = this.#bundled.get(key);
    if (known !== undefined) return known;
    const bundling = bundleEntry(options);
    this.#bundled.set(key, bundling);
    // A failure is nothing to remember.
    bundling.catch(() => this.#bundled.delete(key));
    return bundling;
  }
}

function bundleEntry({ entry, bun, temporaryFolder, limits }: EntryOptions): Promise<readonly BundleFile[]> {
  return inWorkFolder(temporaryFolder, async (folder) => {
    const { exitCode, stderr } = await runStep({
      doing: "bundling the entry",
      command: [bun, "build", ...FLAGS, `--outdir=${folder}`, basename(entry)],
      folder: dirname(entry),
      env: { HOME: folder, NO_COLOR: "1" },
      timeMs: limits.bundleMs,
      memoryBytes: limits.memoryBytes,
      // Whoever else waits for it wants it still.
      signal: undefined,
    });
    if (exitCode !== 0) throw new BuildError("failed", `the entry "${entry}" cannot be bundled: ${stderr.trim()}`);
    return entryModules(folder);
  });
}

const FLAGS = [
  "--no-macros",
  "--env=disable",
  "--no-env-file",
  "--format=esm",
  // Of all runtimes: Bun and Deno have what Node has.
  "--target=node",
  // Comments would say which folder each part came from.
  "--minify-whitespace",
  "--entry-naming=entry.js",
  // What few functions need, such as tracing, would have to be parsed by all of them before they start.
  "--splitting",
  "--chunk-naming=part-[hash].js",
  // Bun takes what begins so as it is, and parses it once instead of twice; the others see a comment.
  "--banner=// @bun",
  '--define=process.env.NODE_ENV="production"',
];
