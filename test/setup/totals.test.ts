import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "./temporary-folder.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** The totals that the reporter leaves of a run over these test files. */
async function totalsOf(files: Record<string, string>): Promise<unknown> {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) await Bun.write(join(folder, `${name}.test.ts`), text);
  const totals = join(folder, "totals.json");
  const flags = ["--root", folder, "--globals", `--reporter=${join(ROOT, "scripts/totals-reporter.ts")}`];
  const vitest = Bun.spawn([process.execPath, "run", "--bun", "vitest", "run", ...flags], {
    cwd: ROOT,
    env: { ...process.env, FMESH_TEST_TOTALS: totals },
    stdout: "ignore",
    stderr: "ignore",
  });
  await vitest.exited;
  return Bun.file(totals).json();
}

test("tests are counted as passed, failed and skipped", async () => {
  const files = {
    one: `test("a", () => {}); test("b", () => { throw new Error("no"); });`,
    two: `describe("in a suite", () => test("c", () => {})); test("d", ({ skip }) => skip());`,
  };
  expect(await totalsOf(files)).toEqual({ passed: 2, failed: 1, skipped: 1 });
});

test("what fails outside any test counts as failed", async () => {
  const files = {
    fine: `test("a", () => {});`,
    "does-not-load": `import "./nowhere.ts"; test("b", () => {});`,
    "breaks-in-a-hook": `describe("suite", () => { beforeAll(() => { throw new Error("no"); }); test("c", () => {}); });`,
    "leaves-an-error": `test("d", () => { Promise.reject(new Error("nobody catches this")); });`,
  };
  expect(await totalsOf(files)).toEqual({ passed: 2, failed: 3, skipped: 1 });
});
