import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { type ViewOptions, accessibilityProblems } from "../support/browser.ts";
import { type Person, VIEWER } from "./people.ts";
import { useConsoleMesh } from "./use-console-mesh.ts";

const ADMIN: Person = { user: "ada", pass: "a-long-password-for-ada" };
const LITERAL = "a-secret-of-thirty-two-letters-or-more";
const RULES = "/rules/my-adder";

const mesh = useConsoleMesh({
  prepare: (example) =>
    example.edit(
      (text) => `${text}
admin:
  secret: ${LITERAL}
  users: [{ user: ${VIEWER.user}, pass: ${VIEWER.pass}, role: viewer }, { user: ${ADMIN.user}, pass: ${ADMIN.pass} }]
`,
    ),
});

async function open(path: string, who: Person = ADMIN, options?: ViewOptions): Promise<Page> {
  const page = await mesh.openAs(who, path, options);
  page.setDefaultTimeout(15_000);
  await page.getByRole("heading", { name: "Rules my-adder" }).waitFor();
  return page;
}

/** What a caller without a token gets. */
async function callWithoutToken(name: string): Promise<number> {
  const url = `${mesh.url}/v1/call/my-adder/arithmetic/${name}`;
  const { status } = await fetch(url, { method: "POST", body: '{"num1":6,"num2":3}' });
  return status;
}

async function reviewAndSave(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Review and save" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("It is in force now.").waitFor();
}

/** Writes a text into an editor as a keyboard does, instead of what is there. */
async function write(page: Page, editor: string, text: string): Promise<void> {
  await page.getByRole("textbox", { name: editor }).press("ControlOrMeta+a");
  await page.keyboard.press("Delete");
  await page.keyboard.insertText(text);
}

function entry(name: string): string {
  return `${RULES}?service=arithmetic&function=${name}`;
}

describe("a rule", () => {
  test("is changed by fields: in words at once, tried beside the saved one, reviewed, in force, and taken back", async () => {
    const page = await open(entry("divide"));
    await page.getByText("May be called by: everybody").waitFor();
    await page.getByLabel("Who may call").click();
    await page.getByRole("option", { name: /A comparison holds/ }).click();
    await page.getByLabel("Right").fill("support");
    await page.getByText('May be called by: callers whose role is "support"').waitFor();
    const unsaved = page.getByRole("region", { name: "Not saved yet" });
    await unsaved.getByText("Refused: 403").waitFor();
    await expect.poll(() => unsaved.locator("[aria-current]").innerText()).toContain("this decides");
    await page.getByRole("region", { name: "Saved", exact: true }).getByText("Allowed").waitFor();
    expect(await callWithoutToken("divide")).toBe(200);
    await page.getByRole("button", { name: "Review and save" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("f2: support").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("It is in force now.").waitFor();
    expect(await callWithoutToken("divide")).toBe(401);
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("What was before is in force again.").waitFor();
    expect(await callWithoutToken("divide")).toBe(200);
    await page.getByText("May be called by: everybody").waitFor();
  });

  test("as fields and as text stays one rule; a broken text cannot be saved, and the button says why", async () => {
    // Whoever writes a rule that is none asks for what cannot be answered.
    const page = await open(entry("whoami"), ADMIN, { expected: /status of 400/ });
    await page.getByRole("button", { name: "YAML" }).click();
    await write(
      page,
      "Rule as YAML",
      "rule: or\nclauses:\n  - rule: match\n    type: string\n    eval: '='\n    f1: args.auth.role\n    f2: admin\n",
    );
    const save = page.getByRole("button", { name: "Review and save" });
    await page.getByText(/It cannot be used: arithmetic\.whoami, clauses\[0\].*eval/).waitFor();
    await expect.poll(() => save.isDisabled()).toBe(true);
    await page.locator(".cm-lintRange-error").waitFor();
    await write(page, "Rule as YAML", "rule: [");
    await page.getByText("The rule of arithmetic.whoami cannot be read").waitFor();
    expect([await save.isDisabled(), await save.getAttribute("title")]).toEqual([
      true,
      "The rule of arithmetic.whoami cannot be read: fix its text, or discard it",
    ]);
    await write(
      page,
      "Rule as YAML",
      "rule: or\nclauses:\n  - { rule: match, type: string, eval: in, f1: args.auth.role, f2: [ops, dev] }\n",
    );
    await page.getByRole("button", { name: "Fields" }).click();
    await expect.poll(() => page.getByLabel("Right").inputValue()).toBe("ops, dev");
    await page.getByRole("button", { name: "Add a clause" }).click();
    await page.getByRole("button", { name: "JSON" }).click();
    await page.getByRole("textbox", { name: "Rule as JSON" }).getByText('"admin"').waitFor();
    await page.getByRole("button", { name: "Discard" }).click();
    await page.getByText('May be called by: callers whose role is "admin"').waitFor();
  });

  test("is completed with the claims there are and the params of the function's schema", async () => {
    const page = await open(entry("average"), ADMIN, { expected: /status of 400/ });
    const field = page.getByLabel("Left");
    const list = await field.getAttribute("list");
    const names = page.locator(`[id="${list ?? ""}"] option`);
    await names.nth(5).waitFor({ state: "attached" });
    const offered = await names.evaluateAll((options) => options.map((option) => option.getAttribute("value")));
    expect(offered).toEqual(
      expect.arrayContaining(["args.auth.role", "args.params.num1", "utils.exists(args.params.num1)"]),
    );
    await page.getByRole("button", { name: "YAML" }).click();
    await write(page, "Rule as YAML", "rule: match\n");
    await page.keyboard.type("f1: args.par");
    await page.getByRole("option", { name: /^args\.params\.num1/ }).waitFor();
  });
});

describe("a service", () => {
  test("is switched off and on again, its rules kept", async () => {
    const page = await open(RULES);
    const toggle = page.getByRole("switch", { name: "arithmetic: its rules let calls in" });
    await toggle.click();
    await page.getByRole("dialog").getByText("its rules stay where they are").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Switch off" }).click();
    await reviewAndSave(page);
    expect(await callWithoutToken("divide")).toBe(401);
    expect(await (await mesh.send("/v1/call/my-adder/arithmetic/divide", { num1: 6, num2: 3 })).text()).toContain(
      "this service is switched off",
    );
    await toggle.click();
    await page.getByText("changes are not saved").waitFor();
    await reviewAndSave(page);
    expect(await callWithoutToken("divide")).toBe(200);
  });

  test("gets a rule for all functions that have none, and a finding that leads there", async () => {
    const page = await open(RULES);
    await page.getByRole("button", { name: "Add a function to arithmetic" }).click();
    await page.getByRole("dialog").getByLabel("Function").fill("default");
    await page.keyboard.press("Enter");
    await page.getByLabel("Who may call").click();
    await page.getByRole("option", { name: /^Everybody allow|^Everybody$/ }).click();
    await page
      .getByText(/anybody may call every function/)
      .first()
      .waitFor();
    await reviewAndSave(page);
    await page.getByRole("tab", { name: /Findings 1/ }).click();
    await page.getByRole("button", { name: "services.arithmetic.functions.default.rule" }).click();
    await page.getByRole("heading", { name: "All other functions of arithmetic" }).waitFor();
    await expect.poll(() => page.getByLabel("Who may call").innerText()).toContain("Everybody");
    await page.getByRole("button", { name: "Remove the entry" }).click();
    await reviewAndSave(page);
  });
});

describe("who only looks", () => {
  test("sees and tries everything, and changes nothing", async () => {
    const page = await open(entry("whoami"), VIEWER);
    await page.getByText("Only administrators change them.").waitFor();
    await page.getByText('May be called by: callers whose role is "admin"').waitFor();
    await expect.poll(() => page.getByLabel("Right").isDisabled()).toBe(true);
    await expect.poll(() => page.getByRole("switch").first().isDisabled()).toBe(true);
    expect(await page.getByRole("button", { name: /^(Add|Remove|Review)/ }).count()).toBe(0);
    const verdict = page.getByRole("region", { name: "As it is saved" });
    await verdict.getByText('args.auth.role is "user", wanted "admin"').waitFor();
    await page.getByLabel("Called by").click();
    await page.getByRole("option", { name: /An admin/ }).click();
    await verdict.getByText("Allowed").waitFor();
    await page.getByRole("tab", { name: "History" }).click();
    await page.getByRole("table", { name: "Saved configurations" }).getByText("ada").first().waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });
});

test.each(["light", "dark"] as const)(
  "every part can be used by anybody, in the %s theme, on a phone too",
  async (theme) => {
    const page = await open(entry("average"), ADMIN, { theme, width: 360 });
    await page.getByRole("region", { name: "As it is saved" }).locator("[aria-current]").waitFor();
    for (const view of ["Rules", "Findings", "Configuration", "History"]) {
      await page.getByRole("tab", { name: view }).click();
      if (view === "Configuration") await page.getByRole("textbox", { name: "The whole configuration" }).waitFor();
      expect(await accessibilityProblems(page)).toEqual([]);
      await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    }
  },
);
