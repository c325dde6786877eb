import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { accessibilityProblems } from "../support/browser.ts";
import { functionPage, store } from "./stored-functions.ts";
import { useConsoleMesh } from "./use-console-mesh.ts";

const TIME = { timeout: 60_000 };

const mesh = useConsoleMesh();

/** Stores a function and opens its code. */
async function openCode(label: string, settings?: { readonly handler: string }): Promise<{ page: Page; id: string }> {
  const id = await store(mesh, { label, ...settings });
  const page = await mesh.open(functionPage(label, "code"));
  return { page, id };
}

const editorOf = (page: Page, label: string) => page.getByRole("textbox", { name: `Handler of ${label}` });

/** Writes at the end of the handler. */
async function write(page: Page, label: string, text: string): Promise<void> {
  await editorOf(page, label).click();
  await page.keyboard.press("Control+End");
  await page.keyboard.insertText(text);
}

test("code is completed and checked by the types that a handler really gets", TIME, async () => {
  const handler =
    'import type { Context } from "functions-mesh";\nexport default (_: unknown, context: Context) => 1;\n';
  const { page } = await openCode("typed", { handler });
  await write(page, "typed", "const told = (context: Context) => context.lo");
  // A key would be one of those that were typed before the list came, for a moment.
  await page.getByRole("option", { name: "log" }).click();
  await page.keyboard.type(".nothing;");
  await expect.poll(() => page.locator(".cm-lintRange-error").allTextContents()).toEqual(["nothing"]);
});

test("code is saved as a new version by the keyboard", TIME, async () => {
  const { page } = await openCode("saved");
  await write(page, "saved", "// more\n");
  await page.getByText("not saved").waitFor();
  await page.keyboard.press("Control+s");
  await page.getByText("Saved as version 2").waitFor();
  await page.getByText(/^version 2, by/).waitFor();
  expect(await page.getByText("not saved").count()).toBe(0);
});

test("code that is not saved outlives a reload, and nobody leaves it unasked", TIME, async () => {
  const { page } = await openCode("drafted");
  await write(page, "drafted", "// not saved\n");
  page.on("dialog", (dialog) => void dialog.accept());
  await page.reload();
  await editorOf(page, "drafted").getByText("// not saved").waitFor();
  // From tab to tab it goes along.
  await page.getByRole("tab", { name: "Builds" }).click();
  await page.getByText("Nothing was built yet").waitFor();
  await page.getByRole("link", { name: "Mesh", exact: true }).click();
  const question = page.getByRole("dialog", { name: "Leave “drafted” with code that is not saved?" });
  await question.getByRole("button", { name: "Stay" }).click();
  await page.getByRole("link", { name: "Mesh", exact: true }).click();
  await question.getByRole("button", { name: "Discard and leave" }).click();
  await page.waitForURL("**/console/mesh");
  expect(await page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.includes("draft")))).toEqual([]);
});

test("code of two people is not lost: the second compares, and chooses", TIME, async () => {
  const { page, id } = await openCode("shared");
  await write(page, "shared", "// mine\n");
  const theirs = { label: "shared", handler: "// theirs\nexport default () => 2;\n" };
  await mesh.ask(`/api/v1/functions/${id}`, theirs, { method: "PUT" });
  await page.getByText("“ada” saved version 2 meanwhile").waitFor();
  await page.getByRole("button", { name: "Compare" }).click();
  const compared = page.getByRole("dialog", { name: "Version 2 and yours" });
  await compared.getByText("// mine").waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await compared.getByRole("button", { name: "Keep mine" }).click();
  await compared.waitFor({ state: "detached" });
  await page.getByRole("button", { name: /^Save Ctrl/ }).click();
  await page.getByText("Saved as version 3").waitFor();
  expect(await mesh.ask(`/api/v1/functions/${id}`)).toMatchObject({
    version: 3,
    handler: "export default () => 1;\n// mine\n",
  });
});

test("code takes packages by name and version", TIME, async () => {
  const { page } = await openCode("packed");
  await page.getByRole("textbox", { name: "Package to add" }).fill("nanoid");
  await page.keyboard.press("Enter");
  await page.getByText("Write the package with its version").waitFor();
  await page.getByRole("textbox", { name: "Package to add" }).fill("nanoid@5.1.6");
  await page.keyboard.press("Enter");
  await page.getByText("not saved").waitFor();
  await expect.poll(() => page.getByRole("textbox", { name: "Version of nanoid" }).inputValue()).toBe("5.1.6");
  await page.getByRole("button", { name: "Remove nanoid" }).click();
  await page.getByText("saved", { exact: true }).waitFor();
});

test("code goes with its function, unasked once that is deleted", TIME, async () => {
  const { page, id } = await openCode("deleted");
  await write(page, "deleted", "// not saved\n");
  await page.getByRole("button", { name: "More to do" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("dialog", { name: "Delete “deleted”?" }).getByRole("button", { name: "Delete" }).click();
  await page.getByText("Deleted “deleted”").waitFor();
  await page.waitForURL("**/console/functions/my-adder");
  expect((await mesh.send(`/api/v1/functions/${id}`)).status).toBe(404);
});
