import type { BuildProgress } from "../build.ts";
import type { BuildLimits } from "./limits.ts";

/** What bundling needs to know besides the function. */
export interface BundleOptions {
  /** Path of the `bun` program that installs and bundles. */
  readonly bun: string;
  /** Path of the source of what starts a JavaScript function in its image; it is bundled once, for all functions. */
  readonly entry: string;
  /** Path of a `python3` that checks the syntax of Python handlers; without one they are not checked. */
  readonly python?: string | undefined;
  /** Folder that work folders are made in, and removed from. */
  readonly temporaryFolder: string;
  /** Folder that packages are kept in between builds. It only grows; whoever cares empties it. Default: nothing is kept. */
  readonly cacheFolder?: string | undefined;
  readonly registry?: PackageRegistry | undefined;
  /** The lock file of an earlier build: the same versions are installed again, and nothing else is. */
  readonly lock?: string | undefined;
  readonly limits?: Partial<BuildLimits>;
}

/** Where npm packages come from. */
export interface PackageRegistry {
  /** Default: npm's own. */
  readonly url?: string;
  readonly token?: string;
  /** File with the certificates of the authorities to trust besides those that everybody does. */
  readonly caFile?: string;
  /** URL of a proxy on the way. */
  readonly proxy?: string;
}

/** How one bundling is watched and ended. */
export interface BundleCall {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: BuildProgress) => void) | undefined;
}
