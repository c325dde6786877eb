import { describe, expect, test } from "vitest";
import { accessibilityProblems, useBrowser } from "../support/browser.ts";
import { useGallery } from "./use-gallery.ts";

// A page that asks for nothing.
const address = useGallery();
const browser = useBrowser();
const REFUSED = /status of 401/;

describe("signing in", () => {
  test("by a one-time link leaves no code in the address, and lasts over a reload", async () => {
    const page = await browser.open(address());
    await page.getByRole("heading", { name: "Components" }).waitFor();
    await expect.poll(() => page.url()).toBe(address("/ui"));
    await page.reload();
    await page.getByRole("heading", { name: "Components" }).waitFor();
  });

  test("with a wrong password says so in the gateway's words", async () => {
    const page = await browser.open(address("/ui"), { expected: REFUSED });
    await page.getByLabel("User").fill("ada");
    await page.getByLabel("Password").fill("wrong");
    await page.keyboard.press("Enter");
    await page.getByText('User "ada" or the password is wrong').waitFor();
    await expect.poll(() => page.getByLabel("Password").inputValue()).toBe("");
  });

  test.each(["light", "dark"] as const)("is for all, in the %s theme", async (theme) => {
    const page = await browser.open(address("/ui"), { theme });
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  test("out leaves nothing in the tab", async () => {
    const page = await browser.open(address());
    await page.getByRole("button", { name: "Signed in as" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  });
});

describe("the keyboard", () => {
  test("reaches the content first", async () => {
    const page = await browser.open(address());
    await page.getByRole("heading", { name: "Components" }).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("content");
  });

  test("jumps to a page by a few letters", async () => {
    const page = await browser.open(address());
    await page.getByRole("link", { name: "Rules" }).waitFor();
    await page.keyboard.press("Control+k");
    const field = page.getByRole("combobox", { name: "Jump to a page" });
    await field.fill("keyb");
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  });

  test("shows what its keys do", async () => {
    const page = await browser.open(address());
    await page.getByRole("link", { name: "Rules" }).waitFor();
    await page.keyboard.press("?");
    const list = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await list.getByText("Jump to a page, or do something").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await list.waitFor({ state: "detached" });
  });
});

test("the theme that was chosen stays", async () => {
  const page = await browser.open(address(), { theme: "light" });
  await page.getByRole("button", { name: "Signed in as" }).click();
  await page.getByRole("menuitem", { name: "Dark" }).click();
  const scheme = (): Promise<string> => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
  expect(await scheme()).toBe("dark");
  await page.reload();
  await page.getByRole("heading", { name: "Components" }).waitFor();
  expect(await scheme()).toBe("dark");
});

test("on a telephone the navigation opens over the page", async () => {
  const page = await browser.open(address(), { width: 360, height: 740 });
  await page.getByRole("button", { name: "Show the navigation" }).click();
  const sheet = page.getByRole("dialog", { name: "Navigation" });
  await sheet.getByRole("link", { name: "Rules" }).waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
});

test("an address that leads nowhere leads back", async () => {
  const page = await browser.open(address("/nowhere#code=c0d3"));
  await page.getByRole("heading", { name: "There is no such page" }).waitFor();
  await expect.poll(() => page.getByRole("link", { name: "To the mesh" }).getAttribute("href")).toBe("/console/mesh");
});
