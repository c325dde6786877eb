import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { accessibilityProblems } from "../support/browser.ts";
import { VIEWER, withReaders, withViewer } from "./people.ts";
import { store } from "./stored-functions.ts";
import { useConsoleMesh } from "./use-console-mesh.ts";

const LIST = "/functions/my-adder";
const mesh = useConsoleMesh({ prepare: (example) => example.edit((text) => withViewer(withReaders(text))) });

const editorOf = (page: Page, label: string) => page.getByRole("textbox", { name: `Handler of ${label}` });

describe("a new function", { timeout: 60_000 }, () => {
  test("begins with a template where there is none, and goes straight to its code", async () => {
    const page = await mesh.open(LIST);
    await page.getByText("No function is stored yet").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("link", { name: /^Stream/ }).click();
    await page.getByRole("radio", { name: "Stream" }).and(page.locator("[data-checked]")).waitFor();
    await page.getByRole("textbox", { name: "Name" }).fill("ticker");
    await page.getByRole("button", { name: "Create" }).click();
    await editorOf(page, "ticker").getByText("async function* count").waitFor();
    await expect.poll(() => page.url()).toBe(`${mesh.url}/console/functions/my-adder/ticker?tab=code`);
  });

  test("has its name checked while it is typed, and by the API where somebody was quicker", async () => {
    await store(mesh, { label: "taken" });
    const page = await mesh.open(`${LIST}?create=hello`, { expected: /409/ });
    const name = page.getByRole("textbox", { name: "Name" });
    await name.fill("a.b");
    await page.getByText("Use letters, digits, _ and -").waitFor();
    await name.fill("builder");
    await page.getByText("is a service of the mesh itself").waitFor();
    await name.fill("taken");
    await page.getByText("There is a function “taken” already").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);

    // The page does not know of it before it looks again.
    await page.route("**/api/v1/functions", (route) =>
      route.request().method() === "GET" ? route.fulfill({ json: [] }) : route.continue(),
    );
    await page.reload();
    await page.getByRole("textbox", { name: "Name" }).fill("taken");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByRole("textbox", { name: "Name" }).and(page.locator("[data-invalid]")).waitFor();
    await expect.poll(() => page.url()).toContain("create=hello");
  });
});

describe("the list", { timeout: 60_000 }, () => {
  test("is searched by the keyboard, with the search in the address", async () => {
    await store(mesh, { label: "needle" });
    const page = await mesh.open(LIST);
    await page.getByRole("link", { name: "needle" }).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("needle");
    await expect.poll(() => page.getByRole("table").getByRole("row").count()).toBe(2);
    await expect.poll(() => page.url()).toContain("find=needle");
    await page.getByRole("link", { name: "needle" }).click();
    await page.getByRole("heading", { name: /^needle/ }).waitFor();
    await expect.poll(() => page.url()).toBe(`${mesh.url}/console/functions/my-adder/needle`);
  });

  test.each(["light", "dark"] as const)("and the editor can be used by all, in the %s theme", async (theme) => {
    const label = `seen-${theme}`;
    await store(mesh, { label });
    const page = await mesh.open(`${LIST}/${label}?tab=code`, { theme });
    await editorOf(page, label).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("navigation", { name: "Breadcrumbs" }).getByRole("link", { name: "Functions" }).click();
    await page.getByRole("table", { name: "Functions" }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  test("and all else fits a telephone", async () => {
    await store(mesh, { label: "narrow" });
    for (const path of [LIST, `${LIST}?create=hello`, `${LIST}/narrow?tab=code`, `${LIST}/narrow?tab=builds`]) {
      const page = await mesh.open(path, { width: 360, height: 740 });
      await page.locator("main h1").waitFor();
      if (path.endsWith("code")) await editorOf(page, "narrow").waitFor();
      expect([path, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([path, 360]);
    }
  });
});

test("a viewer looks, and changes nothing", { timeout: 60_000 }, async () => {
  await store(mesh, { label: "looked-at" });
  const page = await mesh.openAs(VIEWER, LIST);
  await page.getByRole("link", { name: "looked-at" }).waitFor();
  expect(await page.getByRole("link", { name: "New function" }).count()).toBe(0);
  await page.getByRole("link", { name: "looked-at" }).click();
  await page.getByRole("tab", { name: "Code" }).click();
  await page.getByText("Viewers look; administrators change.").waitFor();
  await expect.poll(() => editorOf(page, "looked-at").getAttribute("aria-readonly")).toBe("true");
  expect(await page.getByRole("button", { name: /Save|Build/ }).count()).toBe(0);
});
