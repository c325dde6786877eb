import { writeFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";

/** How a test run went, in numbers. */
export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * Counts the tests of a run. What fails outside any test counts too: a file or hook that breaks, and each error that
 * nobody caught; so the numbers never look better than the run was.
 */
function countTests(modules: readonly Pick<TestModule, "children" | "errors">[], uncaught: number): Totals {
  const totals = { passed: 0, failed: uncaught, skipped: 0 };
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      // A test that never came to run is no pass.
      totals[state === "pending" ? "failed" : state]++;
    }
    totals.failed += module.errors().length;
    for (const suite of module.children.allSuites()) totals.failed += suite.errors().length;
  }
  return totals;
}

/** Leaves the totals as JSON in the file that FMESH_TEST_TOTALS names. Vitest wants its reporters as default exports. */
export default class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const file = process.env.FMESH_TEST_TOTALS;
    if (file !== undefined) writeFileSync(file, JSON.stringify(countTests(modules, errors.length)));
  }
}
