import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { accessibilityProblems } from "../support/browser.ts";
import { type SeededPages, scrollsSideways, seedPages, shown, withEmptyProject } from "./pages.ts";
import { useConsoleMesh } from "./use-console-mesh.ts";

const mesh = useConsoleMesh({ prepare: (example) => example.edit(withEmptyProject) });
let pages: SeededPages;
beforeAll(async () => {
  pages = await seedPages(mesh);
}, 300_000);

/** What keeps people from using a page, in either theme, or on a narrow screen. */
async function problemsOf(page: Page, path: string): Promise<string[]> {
  await page.goto(`${mesh.url}/console${path}`);
  await shown(page);
  const found: string[] = [];
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme });
    const lines = (await accessibilityProblems(page)).map((problem) => problem.split("\n", 1)[0]);
    found.push(...lines.map((line) => `${theme}: ${line}`));
  }
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 800 });
    if (await scrollsSideways(page)) found.push(`it scrolls sideways at ${width} px`);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  return found.map((problem) => `${path}: ${problem}`);
}

async function problemsOfAll(paths: readonly string[]): Promise<string[]> {
  const page = await mesh.open("/mesh");
  await shown(page);
  const found: string[] = [];
  for (const path of paths) found.push(...(await problemsOf(page, path)));
  return found;
}

test("every page is for all, in both themes and on a telephone", { timeout: 300_000 }, async () => {
  expect(await problemsOfAll(pages.full)).toEqual([]);
});

test("so is every page of a project in which nothing has happened yet", { timeout: 60_000 }, async () => {
  expect(await problemsOfAll(pages.empty)).toEqual([]);
});
