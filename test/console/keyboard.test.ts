import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { type SeededPages, seedPages, shown } from "./pages.ts";
import { useConsoleMesh } from "./use-console-mesh.ts";

const mesh = useConsoleMesh();
let pages: SeededPages;
beforeAll(async () => {
  pages = await seedPages(mesh);
}, 120_000);

/** More than any page has. */
const MOST_STOPS = 150;

interface Stop {
  readonly what: string;
  readonly isSeen: boolean;
  readonly isEditor: boolean;
}

/** Marks what has the focus as reached, and tells of it; `undefined` outside the page. */
function atFocus(page: Page): Promise<Stop | undefined> {
  return page.evaluate(() => {
    const focused = document.activeElement;
    if (!(focused instanceof HTMLElement) || focused === document.body) return undefined;
    focused.dataset["reached"] = "";
    const hasOutline = (element: Element): boolean => {
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      return outlineStyle !== "none" && outlineWidth !== "0px";
    };
    const hasShadow = (element: Element): boolean => getComputedStyle(element).boxShadow !== "none";
    // A field may be marked by the frame around it, a link by its row, and an editor by what holds its parts.
    const around: Element[] = [focused];
    for (let level = 0; level < 5; level++) around.push(around.at(-1)?.parentElement ?? focused);
    const isEditor = focused.classList.contains("cm-content");
    const isSeen = around.some(hasOutline) || around.slice(0, isEditor ? 6 : 3).some(hasShadow);
    const text = focused.getAttribute("aria-label") ?? focused.textContent.trim().slice(0, 40);
    return { what: `${focused.tagName.toLowerCase()} “${text}”`, isSeen, isEditor };
  });
}

/** What can be used with a pointer and was not reached. Of a group with one stop, such as tabs, that one counts. */
function notReached(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const usable = "a[href], button:not(:disabled), input:not(:disabled), select, textarea, [contenteditable=true]";
    return [...document.querySelectorAll<HTMLElement>(usable)]
      .filter((element) => element.tabIndex >= 0 && element.dataset["reached"] === undefined)
      .filter((element) => element.checkVisibility({ visibilityProperty: true }) && element.closest("[inert]") === null)
      .filter((element) => element.closest('[aria-hidden="true"]') === null)
      .map((element) => element.outerHTML.slice(0, 120));
  });
}

describe("with the keyboard alone", () => {
  test("everything on every page is reached, and where one is can be seen", { timeout: 120_000 }, async () => {
    const page = await mesh.open("/mesh");
    await shown(page);
    const problems: string[] = [];
    for (const path of pages.full) {
      await page.goto(`${mesh.url}/console${path}`);
      await shown(page);
      let isInEditor = false;
      for (let stops = 0; stops < MOST_STOPS; stops++) {
        // In an editor the tabulator key indents, unless Escape was pressed before.
        if (isInEditor) await page.keyboard.press("Escape");
        await page.keyboard.press("Tab");
        const stop = await atFocus(page);
        if (stop === undefined) break;
        isInEditor = stop.isEditor;
        if (!stop.isSeen) problems.push(`${path}: the focus is not seen on ${stop.what}`);
      }
      problems.push(...(await notReached(page)).map((element) => `${path}: not reached: ${element}`));
    }
    expect(problems).toEqual([]);
  });

  test("a page is found, a service opened and the list come back to", async () => {
    const page = await mesh.open("/rules/my-adder");
    await shown(page);
    await page.keyboard.press("g");
    await page.keyboard.press("m");
    await page.getByRole("heading", { name: "Mesh", exact: true }).waitFor();
    await page.getByText("arithmetic").first().waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("arith");
    await page.getByText("House services").waitFor({ state: "detached" });
    // Once to empty the field, and once to leave it.
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/services\/my-adder\/arithmetic/);
    await page.getByRole("heading", { name: "arithmetic" }).waitFor();
    expect(await page.title()).toContain("arithmetic");
  });
});

test("nothing moves for those who want it still", async () => {
  const page = await mesh.open("/mesh");
  await shown(page);
  const moving = await page.evaluate(() =>
    document
      .getAnimations()
      .filter(({ playState }) => playState === "running")
      .map(({ effect }) => effect?.getComputedTiming().duration)
      .filter((duration) => typeof duration === "number" && duration > 10),
  );
  expect(moving).toEqual([]);
});
