import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessibilityProblems, useBrowser } from "../support/browser.ts";
import { type ConsoleMesh, startConsoleMesh } from "./console-mesh.ts";

const LIST = "/functions/my-adder";
const VIEWER = { user: "vera", pass: "looks-only" };

let mesh: ConsoleMesh;
beforeAll(async () => {
  mesh = await startConsoleMesh({
    prepare: (example) =>
      example.edit((text) => {
        const admins = /\{ rule: match, .* f2: admin, .*\}/g;
        const readers = '{ rule: match, type: string, eval: "==", f1: args.params.method, f2: GET }';
        const users = `[{ user: ${VIEWER.user}, pass: ${VIEWER.pass}, role: viewer }]`;
        return `${text.replaceAll(admins, (rule) => `{ rule: or, clauses: [${rule}, ${readers}] }`)}\nadmin: { users: ${users} }\n`;
      }),
  });
}, 180_000);
afterAll(() => mesh.stop());

const browser = useBrowser();

async function open(path: string, options?: Parameters<typeof browser.open>[1]): Promise<Page> {
  const page = await browser.open(await mesh.link(path), options);
  page.setDefaultTimeout(30_000);
  return page;
}

/** A stored function, and its id. */
async function store(label: string, handler = "export default () => 1;\n"): Promise<string> {
  const { id } = await mesh.ask<{ id: string }>("/api/v1/functions", { label, handler });
  return id;
}

const editorOf = (page: Page, label: string) => page.getByRole("textbox", { name: `Handler of ${label}` });

describe("a new function", { timeout: 60_000 }, () => {
  test("begins with a template where there is none, and goes straight to its code", async () => {
    const page = await open(LIST);
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
    await store("taken");
    const page = await open(`${LIST}?create=hello`, { expected: /409/ });
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
    await store("needle");
    const page = await open(LIST);
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
    await store(label);
    const page = await open(`${LIST}/${label}?tab=code`, { theme });
    await editorOf(page, label).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("navigation", { name: "Breadcrumbs" }).getByRole("link", { name: "Functions" }).click();
    await page.getByRole("table", { name: "Functions" }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  test("and all else fits a telephone", async () => {
    await store("narrow");
    for (const path of [LIST, `${LIST}?create=hello`, `${LIST}/narrow?tab=code`, `${LIST}/narrow?tab=builds`]) {
      const page = await open(path, { width: 360, height: 740 });
      await page.locator("main h1").waitFor();
      if (path.endsWith("code")) await editorOf(page, "narrow").waitFor();
      expect([path, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([path, 360]);
    }
  });
});

test("a viewer looks, and changes nothing", { timeout: 60_000 }, async () => {
  await store("looked-at");
  const page = await browser.open(`${mesh.url}/console${LIST}`);
  await page.getByLabel("User").fill(VIEWER.user);
  await page.getByLabel("Password").fill(VIEWER.pass);
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "looked-at" }).waitFor();
  expect(await page.getByRole("link", { name: "New function" }).count()).toBe(0);
  await page.getByRole("link", { name: "looked-at" }).click();
  await page.getByRole("tab", { name: "Code" }).click();
  await page.getByText("Viewers look; administrators change.").waitFor();
  await expect.poll(() => editorOf(page, "looked-at").getAttribute("aria-readonly")).toBe("true");
  expect(await page.getByRole("button", { name: /Save|Build/ }).count()).toBe(0);
});
