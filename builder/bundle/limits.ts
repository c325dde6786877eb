/** What one build may use. */
export interface BuildLimits {
  /** How long installing the dependencies may take, in milliseconds. Default 60 000. */
  readonly installMs: number;
  /** How long bundling may take, in milliseconds. Default 30 000. */
  readonly bundleMs: number;
  /** Memory of a step's processes together. Default 2 GiB: a process is stopped soon after, not the moment it takes more. */
  readonly memoryBytes: number;
  /** All that is installed. Default 200 MB. */
  readonly dependencyBytes: number;
  /** The bundled handler, its packages included. Default 20 MB. */
  readonly bundleBytes: number;
}

const MB = 1_000_000;

export const DEFAULT_LIMITS: BuildLimits = {
  installMs: 60_000,
  bundleMs: 30_000,
  memoryBytes: 2 * 1024 * 1024 * 1024,
  dependencyBytes: 200 * MB,
  bundleBytes: 20 * MB,
};

/** `1.5 MB`, as people read it. */
export function inMegabytes(bytes: number): string {
  return `${(bytes / MB).toFixed(1)} MB`;
}
