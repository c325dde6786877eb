import type { Route } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import type { StoredFunction } from "../../mesh/function.ts";
import { accessibilityProblems } from "../support/browser.ts";
import { deploy, functionPage } from "./stored-functions.ts";
import { useConsoleMesh } from "./use-console-mesh.ts";

const mesh = useConsoleMesh();
let id: string;
beforeAll(async () => {
  id = await deploy(mesh, { label: "greet", handler: source("Good day") });
  await mesh.ask(`/api/v1/functions/${id}`, { label: "greet", handler: source("Hello"), env: { MOOD: "good" } }, PUT);
  await mesh.ask(`/api/v1/functions/deploy/${id}?percent=25`, {}, { headers: { Prefer: "wait=60" } });
}, 180_000);

const PUT = { method: "PUT" } as const;

function source(greeting: string): string {
  return `export default ({ name }: { name: string }) => ({\n  text: \`${greeting}, \${name}\`,\n});\n`;
}

async function traffic(): Promise<StoredFunction["traffic"]> {
  return (await mesh.ask<StoredFunction>(`/api/v1/functions/${id}`)).traffic;
}

describe("calls", { timeout: 60_000 }, () => {
  test("are divided by sliders that always add up to 100, also by the keyboard, in one request", async () => {
    const page = await mesh.open(functionPage("greet", "versions"));
    await page.getByRole("slider", { name: "Calls to version 2" }).focus();
    await expect.poll(() => page.getByRole("slider", { name: "Calls to version 2" }).inputValue()).toBe("25");
    await expect.poll(() => page.getByRole("slider", { name: "Calls to version 1" }).inputValue()).toBe("75");
    await page.keyboard.press("ArrowRight");
    await page.getByText("Then: 74 % of the calls go to version 1 and 26 % to version 2.").waitFor();
    await page.getByRole("textbox", { name: "Percent of the calls to version 2" }).fill("40");
    await page.getByText("Then: 60 % of the calls go to version 1 and 40 % to version 2.").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    const requests: string[] = [];
    page.on("request", (request) => {
      if (request.method() !== "GET") requests.push(`${request.method()} ${new URL(request.url()).pathname}`);
    });
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText("60 % of the calls go to version 1 and 40 % to version 2").first().waitFor();
    await expect.poll(traffic).toEqual({ 1: 60, 2: 40 });
    expect(requests).toEqual([`PUT /api/v1/functions/${id}/traffic`]);
  });

  test("all go to a version that is promoted, and back where they went with one press", async () => {
    const before = await traffic();
    const page = await mesh.open(functionPage("greet", "versions"), { theme: "dark" });
    await page.getByRole("row", { name: /^v2/ }).getByRole("button", { name: "Promote" }).click();
    await expect.poll(traffic).toEqual({ 2: 100 });
    await page.getByRole("button", { name: "Undo" }).click();
    await expect.poll(traffic).toEqual(before);
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  test("roll back to the version before", async () => {
    const page = await mesh.open(functionPage("greet", "versions"));
    await page.getByRole("button", { name: "Roll back" }).click();
    await expect.poll(traffic).toEqual({ 1: 100 });
    await page.getByText("All calls go to version 1").first().waitFor();
  });

  test("that somebody else has sent elsewhere meanwhile are left alone", async () => {
    const page = await mesh.open(functionPage("greet", "versions"));
    const slider = page.getByRole("slider", { name: "Calls to version 2" });
    await slider.focus();
    await page.keyboard.press("End");
    await page.getByText("Then: All calls go to version 2.").waitFor();
    // It happens between the press and what the press has sent.
    const theirs = async (route: Route): Promise<void> => {
      await mesh.ask(`/api/v1/functions/${id}/traffic`, { 1: 90, 2: 10 }, PUT);
      await route.continue();
    };
    await page.route(`**/api/v1/functions/${id}`, theirs, { times: 1 });
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText("Somebody else sent calls elsewhere meanwhile").first().waitFor();
    expect(await traffic()).toEqual({ 1: 90, 2: 10 });
  });
});

describe("two versions", { timeout: 60_000 }, () => {
  test("are compared, code and settings", async () => {
    const page = await mesh.open(functionPage("greet", "versions&version=2&compare=1"));
    await page.locator(".cm-deletedChunk, .cm-changedLine").first().waitFor();
    await page.getByText("Hello").first().waitFor();
    await page.getByRole("button", { name: "Settings", exact: true }).click();
    await page.getByText('"MOOD"').first().waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  test("are opened in the editor", async () => {
    const page = await mesh.open(functionPage("greet", "versions"));
    await page.getByRole("button", { name: "More about version 1" }).click();
    await page.getByRole("menuitem", { name: "Open in the editor" }).click();
    await page.waitForURL("**/greet?tab=code&version=1");
    await page.getByText("Good day").first().waitFor();
    expect(await page.getByText("Hello").count()).toBe(0);
  });
});
