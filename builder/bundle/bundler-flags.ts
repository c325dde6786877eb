/** How `bun build` is told to run nothing of what it bundles, and to leave nothing of where it runs in it. */
export const BUNDLER_FLAGS: readonly string[] = [
  "--no-macros",
  "--env=disable",
  "--no-env-file",
  "--format=esm",
  // Where a module asks, it is told where it will be, not where it was bundled.
  '--define=__dirname="/app"',
  '--define=__filename="/app/function.js"',
  '--define=process.env.NODE_ENV="production"',
];
