/**
 * `npm test`: sets up what is missing, checks the code, runs the tests on Bun and ends with one line of totals.
 * With arguments (`npm test -- test/mesh`) only those tests run.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runChecks } from "./checks.mjs";
import { buildConsole } from "./console/build.mjs";
import { ensureDebianPackages, suitesThatNeed } from "./debian-packages.mjs";
import { ROOT, ensureSetUp } from "./set-up.mjs";
import { exitWith } from "./set-up/error.mjs";
import { runToEnd } from "./set-up/run-to-end.mjs";

const isCi = process.env.CI === "true" || process.env.CI === "1";
const filters = process.argv.slice(2);

await exitWith(async () => {
  const say = (/** @type {string} */ line) => console.error(`fmesh: ${line}`);
  const bun = await ensureSetUp({ say });
  const missing = await ensureDebianPackages({ isCi, say });
  await buildConsole(bun, say);
  const checks = filters.length > 0 ? { passed: 0, failed: 0 } : await runChecks(bun);
  const tests = await runTests(bun, missing);
  const passed = checks.passed + tests.passed;
  const failed = checks.failed + tests.failed;
  console.log(`${passed} passed, ${failed} failed${tests.skipped > 0 ? `, ${tests.skipped} skipped` : ""}`);
  return failed > 0 || (isCi && tests.skipped > 0) ? 1 : 0;
});

/**
 * @param {string} bun
 * @param {readonly import("./debian-packages.mjs").DebianPackage[]} missing
 * @returns {Promise<import("./totals-reporter.ts").Totals>}
 */
async function runTests(bun, missing) {
  const folder = mkdtempSync(join(tmpdir(), "fmesh-test-"));
  const totalsFile = join(folder, "totals.json");
  const reporters = ["--reporter=default", "--reporter=./scripts/totals-reporter.ts"];
  const leftOut = missing.flatMap((wanted) => suitesThatNeed(wanted, ROOT));
  for (const suite of leftOut) console.log(`- ${suite} is left out`);
  const excludes = leftOut.map((suite) => `--exclude=${suite}`);
  const env = { ...process.env, FMESH_TEST_TOTALS: totalsFile };
  for (const { without } of missing) Object.assign(env, without);
  try {
    const args = ["node_modules/vitest/vitest.mjs", "run", ...reporters, ...excludes, ...filters];
    const code = await runToEnd(bun, args, { cwd: ROOT, env });
    const totals = readTotals(totalsFile);
    return code !== 0 && totals.failed === 0 ? { ...totals, failed: 1 } : totals;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Vitest leaves no totals when it could not even begin; its exit code says so.
 *
 * @param {string} file
 */
function readTotals(file) {
  const text = existsSync(file) ? readFileSync(file, "utf8") : '{ "passed": 0, "failed": 0, "skipped": 0 }';
  return /** @type {import("./totals-reporter.ts").Totals} */ (JSON.parse(text));
}
