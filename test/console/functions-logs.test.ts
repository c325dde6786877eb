import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { accessibilityProblems } from "../support/browser.ts";
import { deploy, functionPage, store } from "./stored-functions.ts";
import { useConsoleMesh } from "./use-console-mesh.ts";

const HANDLER = `console.log("awake");
export default function ({ name }: { name: string }) {
  console.log(JSON.stringify({ level: "warn", msg: "asked for " + name, name }));
  if (name === "nobody") throw new Error("a name is needed");
  return { text: "Good day, " + name };
}
`;

const mesh = useConsoleMesh();
let id: string;
beforeAll(async () => {
  id = await deploy(mesh, { label: "greet", handler: HANDLER });
}, 180_000);

const call = (name: string): Promise<Response> => mesh.send(`/api/v1/functions/invoke/${id}`, { data: { name } });

describe("a log", { timeout: 60_000 }, () => {
  test("is followed, searched and held", async () => {
    const page = await mesh.open(functionPage("greet", "logs"));
    const lines = page.getByRole("region", { name: "Lines" });
    await lines.getByText("awake").first().waitFor();
    await page.getByText("live", { exact: true }).waitFor();
    await call("Ada");
    await lines.getByText("asked for Ada").waitFor();
    await lines.getByText("warning", { exact: true }).first().waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);

    await page.getByRole("button", { name: "Pause" }).click();
    await call("Bob");
    await page.getByRole("button", { name: /^Go on \(\d+ new\)$/ }).waitFor();
    expect(await lines.getByText("asked for Bob").count()).toBe(0);
    await page.getByRole("button", { name: /^Go on/ }).click();
    await lines.getByText("asked for Bob").waitFor();

    await page.getByRole("searchbox", { name: "Search the log" }).fill("bob");
    await expect.poll(() => lines.getByText("asked for Ada").count()).toBe(0);
    await expect.poll(() => lines.locator("mark").allTextContents()).toContain("Bob");
    await page.waitForURL("**/greet?tab=logs&find=bob");
    // As it is shown, however it was written.
    await page.getByRole("searchbox", { name: "Search the log" }).fill("name=Ada warning");
    await lines.getByText("asked for Ada").waitFor();
    await expect.poll(() => lines.locator("mark").allTextContents()).toEqual(["warning", "name=Ada"]);
    await page.getByRole("searchbox", { name: "Search the log" }).fill('"msg"');
    await page.getByText('No line has “"msg"”.').waitFor();
  });

  test("of one version is another one, shows where an error comes from, and is downloaded", async () => {
    await call("nobody");
    const page = await mesh.open(functionPage("greet", "logs&version=1"), { theme: "dark" });
    const lines = page.getByRole("region", { name: "Lines" });
    await lines.getByText("Error: a name is needed").first().waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download the lines that are shown" }).click(),
    ]);
    expect(file.suggestedFilename()).toBe("greet.log");
    expect(await readFile(await file.path(), "utf8")).toMatch(/^\S+ v1 \S+ awake$/m);
  });

  test("of what is not deployed says what to do", async () => {
    await store(mesh, { label: "quiet" });
    const page = await mesh.open(functionPage("quiet", "logs"));
    await page.getByText("Nothing runs yet").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("link", { name: "Deploy it" }).click();
    await page.waitForURL("**/quiet?tab=deploy");
  });
});

describe("a call from the console", { timeout: 60_000 }, () => {
  const editor = (page: Page) => page.getByRole("textbox", { name: /, as JSON$/ });
  const write = async (page: Page, text: string): Promise<void> => {
    await editor(page).click();
    await page.keyboard.press("Control+A");
    await page.keyboard.insertText(text);
  };

  test("by its id is answered, and leads to its invocation", async () => {
    const page = await mesh.open(functionPage("greet", "invoke"));
    await write(page, '{"name": "Ann"}');
    await page.getByRole("button", { name: "Call", exact: true }).click();
    await page.getByText("Good day, Ann").first().waitFor();
    await page.getByText("200", { exact: true }).first().waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("link", { name: "Its invocation" }).click();
    await page.waitForURL("**/invocations/my-adder/*");
  });

  test("as everybody calls it is under its rule, and calls that were made can be made again", async () => {
    const page = await mesh.open(functionPage("greet", "invoke"), { expected: /403/ });
    await page.getByRole("button", { name: "As everybody calls it" }).click();
    await write(page, '{"name": "Eve"}');
    await page.keyboard.press("Control+Enter");
    await page.getByText("403", { exact: true }).first().waitFor();
    const rule = page.getByRole("link", { name: "Look at its rule" });
    await expect.poll(() => rule.getAttribute("href")).toContain("service=greet&function=handler");
    await page.getByRole("button", { name: "By its id" }).click();
    await page.getByRole("button", { name: "Call", exact: true }).click();
    await page.getByText("Good day, Eve").first().waitFor();
    const made = page.getByRole("table", { name: "Calls from here" });
    await expect.poll(() => made.getByRole("row").count()).toBe(3);
    await made.getByRole("button").last().click();
    await expect
      .poll(() => page.getByRole("button", { name: "As everybody calls it" }).getAttribute("aria-pressed"))
      .toBe("true");
  });

  test("is among the function's events, as it comes", async () => {
    const page = await mesh.open(functionPage("greet", "events"));
    await page.getByRole("table", { name: "Invocations" }).waitFor();
    await page.getByText("Live", { exact: true }).waitFor();
    await call("nobody");
    await page.getByText("the function failed; its log has the details").first().waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });
});
