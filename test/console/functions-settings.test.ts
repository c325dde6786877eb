import { beforeAll, describe, expect, test } from "vitest";
import type { StoredFunction } from "../../mesh/function.ts";
import { accessibilityProblems } from "../support/browser.ts";
import { functionPage, store } from "./stored-functions.ts";
import { useConsoleMesh } from "./use-console-mesh.ts";

const PUT = { method: "PUT" } as const;
const SOURCE = "export default () => process.env.MOOD;\n";

const mesh = useConsoleMesh();
let id: string;
beforeAll(async () => {
  id = await store(mesh, { label: "greet", handler: SOURCE, env: { MOOD: "good" } });
}, 180_000);

describe("settings", { timeout: 60_000 }, () => {
  test("are checked in the words of the API, and become a new version", async () => {
    const page = await mesh.open(functionPage("greet", "settings"), { expected: /400/ });
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
    const page = await mesh.open(functionPage("greet", "settings"));
    await page.getByRole("textbox", { name: "Description (optional)" }).fill("mine");
    const { version } = await mesh.ask<StoredFunction>(`/api/v1/functions/${id}`);
    await mesh.ask(`/api/v1/functions/${id}`, { label: "greet", handler: SOURCE, description: "theirs" }, PUT);
    await page.getByText(`Version ${version + 1} was saved meanwhile`).waitFor();
    await page.getByRole("button", { name: `Load version ${version + 1}` }).click();
    await expect.poll(() => page.getByRole("textbox", { name: "Description (optional)" }).inputValue()).toBe("theirs");
  });
});
