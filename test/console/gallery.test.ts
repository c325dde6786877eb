import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { accessibilityProblems, useBrowser } from "../support/browser.ts";
import { useGallery } from "./use-gallery.ts";

const gallery = useGallery();
const browser = useBrowser();
const TABS = ["Controls", "Messages", "Data", "Editors"] as const;

async function show(page: Page, tab: (typeof TABS)[number]): Promise<void> {
  await page.getByRole("tab", { name: tab }).click();
  await page.getByRole("tabpanel", { name: tab }).waitFor();
  if (tab === "Editors") await page.locator(".cm-content").nth(2).waitFor();
  if (tab === "Data") await page.locator("canvas").waitFor();
}

describe.each(["light", "dark"] as const)("in the %s theme", (theme) => {
  test.each(TABS)("all can use what is under %s", async (tab) => {
    const page = await browser.open(gallery(), { theme });
    await show(page, tab);
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  test("all can use what opens", async () => {
    const page = await browser.open(gallery(), { theme });
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: "Promote" }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Confirmation" }).click();
    await page.getByRole("dialog", { name: "Delete “resize-image”?" }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });
});

test.each(TABS)("nothing under %s is wider than a telephone", async (tab) => {
  const page = await browser.open(gallery(), { width: 360, height: 740 });
  await show(page, tab);
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
});

test("of 100 000 rows only those in sight are drawn, and the keyboard gets to the last", async () => {
  const page = await browser.open(gallery());
  await show(page, "Data");
  const table = page.getByRole("table", { name: "All invocations" });
  await expect.poll(() => table.getByRole("row").count()).toBeGreaterThan(10);
  await expect.poll(() => table.getAttribute("aria-rowcount")).toBe("100001");
  await page.getByRole("region", { name: "All invocations" }).focus();
  await page.keyboard.press("End");
  await table.getByText("run-99999").waitFor();
  await expect.poll(() => table.getByRole("row").count()).toBeLessThan(100);
});

test("j and k go through a list, and Enter opens", async () => {
  const page = await browser.open(gallery());
  await show(page, "Data");
  for (const key of ["j", "j", "j", "k"]) await page.keyboard.press(key);
  await expect.poll(() => page.locator("[data-current]").textContent()).toContain("run-1");
  await page.keyboard.press("Enter");
  const toast = page.locator("[role=dialog]", { hasText: "Opened run-1" });
  await expect.poll(() => toast.count()).toBe(1);
});

test("the editor finds what TypeScript finds, and completes", async () => {
  const page = await browser.open(gallery());
  await show(page, "Editors");
  const editor = page.getByRole("textbox", { name: "Handler" });
  await editor.locator(".cm-lintRange-error").waitFor();
  await expect.poll(() => editor.locator(".cm-lintRange-error").textContent()).toBe("answer");
  await editor.getByText("context.").click();
  await page.keyboard.press("End");
  await page.keyboard.type("\n  context.sig");
  await page.getByRole("option", { name: "signal" }).waitFor();
});

test("a chart says in words what it shows", async () => {
  const page = await browser.open(gallery());
  await show(page, "Data");
  await expect
    .poll(() => page.getByRole("figure").textContent())
    .toMatch(/Calls per second\. Calls: .+ now, between .+ and /);
});

test("what failed is told until it is closed", async () => {
  const page = await browser.open(gallery());
  await page.getByRole("button", { name: "Bad news" }).click();
  const toast = page.locator("[role=alertdialog]", { hasText: "Not saved" });
  await toast.getByText("Somebody else saved meanwhile").waitFor();
  // It is read out as an alert; the rest of it is there for the reader once F6 led to it, so it has no role before.
  await toast.getByTitle("Close").click();
  await expect.poll(() => toast.count()).toBe(0);
});
