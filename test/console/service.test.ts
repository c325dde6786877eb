import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { type ViewOptions, accessibilityProblems } from "../support/browser.ts";
import { scrollsSideways } from "./pages.ts";
import { withShop } from "./shop-mesh.ts";
import { useConsoleMesh } from "./use-console-mesh.ts";

const mesh = useConsoleMesh({ prepare: withShop });

async function open(service: string, search = "", options?: ViewOptions): Promise<Page> {
  const page = await mesh.open(`/services/my-adder/${service}${search}`, options);
  await page.getByRole("list", { name: "Functions" }).waitFor();
  return page;
}

describe("a service", () => {
  test("shows what its functions take and who may call them", async () => {
    const page = await open("arithmetic");
    await page.getByText("({ num1: number; num2: number }) → unknown").first().waitFor();
    await page.getByRole("link", { name: 'callers whose role is "admin"' }).waitFor();
    const sum = page.getByRole("button", { name: /^sum/ });
    await sum.click();
    await page.getByRole("region", { name: "Takes" }).getByText("num1: number").waitFor();
    await page.getByText("POST /v1/call/my-adder/arithmetic/sum").waitFor();
    await page.getByRole("button", { name: "JSON Schema" }).click();
    await page.getByRole("region", { name: "Takes" }).getByText('"properties"').waitFor();
    await expect.poll(() => page.url()).toContain("function=sum");
    await sum.click();
    await expect.poll(() => sum.getAttribute("aria-expanded")).toBe("false");
  });

  test("leads from a function to its rule, and to the playground", async () => {
    const page = await open("arithmetic");
    await page.getByRole("link", { name: "Try divide in the playground" }).click();
    await page.getByLabel("num1").waitFor();
    await page.goBack();
    await page.getByRole("link", { name: "callers with a valid token" }).click();
    await page.getByRole("heading", { level: 1, name: "Rules" }).waitFor();
    await expect.poll(() => page.url()).toContain("/rules/my-adder");
  });

  test("lists calls that are recorded as they are made, each leading to its record", async () => {
    const page = await open("arithmetic");
    const calls = page.getByRole("table", { name: "Recent calls" });
    await page.getByText("No call yet").waitFor();
    await mesh.ask("/v1/call/my-adder/arithmetic/sum", { num1: 1, num2: 2 });
    await calls.getByText("arithmetic.sum").click();
    await page.waitForURL(/\/invocations\/my-adder\//);
    await page.getByText("arithmetic.sum").first().waitFor();
    await expect.poll(() => page.getByText("SUCCESS", { exact: false }).count()).toBeGreaterThan(0);
  });

  test("says how calls are recorded where none are, and which rules have no function", async () => {
    const page = await open("orders");
    await page.getByText("Calls of this service are not recorded").waitFor();
    await page.getByText("record: result").first().waitFor();
    expect(await page.getByRole("table", { name: "Recent calls" }).count()).toBe(0);
    await page.getByText("The rules name “refund”, and no instance has it").waitFor();
  });

  test("keeps the last error of a function, and draws how it does", async () => {
    await mesh.send("/v1/call/my-adder/orders/cancel", {});
    const page = await open("orders", "?function=cancel");
    await page.getByText("Last error").waitFor();
    await page.locator("figure canvas").first().waitFor();
    await expect.poll(() => page.locator("figure").count()).toBe(3);
    await page.getByRole("table", { name: "Instances" }).getByText("answers").waitFor();
  });

  test.each(["light", "dark"] as const)("is for everybody, in the %s theme", async (theme) => {
    const page = await open("orders", "?function=place", { theme });
    await page.locator("figure canvas").first().waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.setViewportSize({ width: 360, height: 780 });
    expect(await scrollsSideways(page)).toBe(false);
  });
});
