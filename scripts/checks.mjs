import { ROOT } from "./set-up.mjs";
import { run } from "./set-up/run.mjs";

/** What is checked, and what Bun runs to check it. */
const CHECKS = {
  format: ["node_modules/prettier/bin/prettier.cjs", "--check", "--log-level=warn", "."],
  lint: ["node_modules/oxlint/bin/oxlint", "--type-aware", "--deny-warnings", "--report-unused-disable-directives"],
  types: ["node_modules/typescript/bin/tsc", "-p", "."],
  "types of the console": ["node_modules/typescript/bin/tsc", "-p", "console"],
  lockfile: ["scripts/lockfile.ts", "--check"],
  docs: ["scripts/docs/problems.ts", "--check"],
};

/**
 * Runs all checks, telling each result as it comes.
 *
 * @param {string} bun path of the Bun binary
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runChecks(bun) {
  const results = await Promise.all(
    Object.entries(CHECKS).map(async ([name, args]) => {
      const startedAt = performance.now();
      const { ok, output } = await run(bun, args, { cwd: ROOT });
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      console.log(`${ok ? "✓" : "✗"} ${name} (${seconds} s)${ok ? "" : `\n${output.trimEnd()}\n`}`);
      return ok;
    }),
  );
  const passed = results.filter((ok) => ok).length;
  return { passed, failed: results.length - passed };
}
