import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StoredFunction } from "../../mesh/function.ts";
import { accessibilityProblems, useBrowser } from "../support/browser.ts";
import { type ConsoleMesh, startConsoleMesh } from "./console-mesh.ts";

const PUT = { method: "PUT" } as const;
const SOURCE = "export default () => process.env.MOOD;\n";

let mesh: ConsoleMesh;
let id: string;
beforeAll(async () => {
  mesh = await startConsoleMesh();
  const stored = { label: "greet", handler: SOURCE, env: { MOOD: "good" } };
  id = (await mesh.ask<{ id: string }>("/api/v1/functions", stored)).id;
}, 180_000);
afterAll(() => mesh.stop());

const browser = useBrowser();

async function open(options?: Parameters<typeof browser.open>[1]): Promise<Page> {
  const page = await browser.open(await mesh.link("/functions/my-adder/greet?tab=settings"), options);
  page.setDefaultTimeout(30_000);
  return page;
}

describe("settings", { timeout: 60_000 }, () => {
  test("are checked in the words of the API, and become a new version", async () => {
    const page = await open({ expected: /400/ });
    await page.getByRole("button", { name: "Add a secret" }).click();
    await page.getByRole("textbox", { name: "Variable 1" }).fill("STRIPE_KEY");
    await page.getByRole("textbox", { name: "Secret 1" }).fill("stripe");
    await page.getByRole("textbox", { name: "Instances at least" }).fill("20");
    await page.getByRole("button", { name: "Save as version 2" }).click();
    await page.getByText('name a secret and a key of it, like "stripe/api-key"').first().waitFor();
    await page.getByText("min must not be larger than max").first().waitFor();
    await page.getByRole("textbox", { name: "Secret 1" }).fill("stripe/api-key");
    await page.getByRole("textbox", { name: "Instances at least" }).fill("0");
    await page.getByText("fmesh secrets set stripe/api-key").waitFor();
    await page.getByRole("textbox", { name: "Memory" }).fill("192Mi");
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("button", { name: "Save as version 2" }).click();
    await page.getByText("Saved as version 2").waitFor();
    expect(await mesh.ask(`/api/v1/functions/${id}`)).toMatchObject({
      ...{ version: 2, handler: SOURCE, env: { MOOD: "good" } },
      ...{ secrets: { STRIPE_KEY: "stripe/api-key" }, resources: { memory: "192Mi", cpu: "1" } },
    });
  });

  test("are not saved over what somebody else has saved", async () => {
    const page = await open();
    await page.getByRole("textbox", { name: "Description (optional)" }).fill("mine");
    const { version } = await mesh.ask<StoredFunction>(`/api/v1/functions/${id}`);
    await mesh.ask(`/api/v1/functions/${id}`, { label: "greet", handler: SOURCE, description: "theirs" }, PUT);
    await page.getByText(`Version ${version + 1} was saved meanwhile`).waitFor();
    await page.getByRole("button", { name: `Load version ${version + 1}` }).click();
    await expect.poll(() => page.getByRole("textbox", { name: "Description (optional)" }).inputValue()).toBe("theirs");
  });
});
