import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { type ViewOptions, accessibilityProblems } from "../support/browser.ts";
import { startFmesh } from "../support/fmesh.ts";
import { scrollsSideways } from "./pages.ts";
import { withShop } from "./shop-mesh.ts";
import { useConsoleMesh } from "./use-console-mesh.ts";

const mesh = useConsoleMesh({ prepare: withShop });

const rowOf = (page: Page, service: string): Locator =>
  page.getByRole("listitem").filter({ has: page.getByRole("link", { name: service, exact: true }) });

async function open(path = "/mesh", options?: ViewOptions): Promise<Page> {
  const page = await mesh.open(path, options);
  await page.getByText("Live", { exact: true }).waitFor();
  return page;
}

describe("the mesh", () => {
  test("shows its services with their functions, its gateway and its broker", async () => {
    const page = await open();
    const row = rowOf(page, "orders");
    await row.getByText("Orders of the shop").waitFor();
    await row.getByText("2.3.1").waitFor();
    await row.getByRole("link", { name: "place" }).waitFor();
    await row.getByText("1 instance", { exact: true }).waitFor();
    await page.getByText(mesh.url, { exact: true }).waitFor();
    await page.getByText("connected", { exact: true }).waitFor();
    await page.getByRole("list", { name: "House services" }).getByText("functions", { exact: true }).waitFor();
    expect(await page.getByRole("list", { name: "Services", exact: true }).getByText("functions").count()).toBe(0);
  });

  test("counts calls and errors as they are made", async () => {
    const page = await open();
    const calls = rowOf(page, "arithmetic").getByRole("img", { name: /^Calls\/s.*: (?!0 now)/ });
    const errors = rowOf(page, "arithmetic").getByRole("img", { name: /^Errors\/s.*: (?!0 now)/ });
    await Promise.all([3, 0, 1, 0].map((num2) => mesh.send("/v1/call/my-adder/arithmetic/divide", { num1: 6, num2 })));
    await Promise.all([calls.waitFor(), errors.waitFor()]);
    expect(
      await rowOf(page, "arithmetic")
        .getByRole("img", { name: /^p99.* ms now/ })
        .count(),
    ).toBe(1);
  });

  test("sees instances come and go", async () => {
    const page = await open();
    const instances = (count: string): Promise<void> =>
      rowOf(page, "orders").getByText(count, { exact: true }).waitFor();
    await instances("1 instance");
    const worker = startFmesh(["worker", "orders.ts"], { cwd: mesh.example.folder });
    await worker.until(/service is up/);
    await instances("2 instances");
    await worker.stop("SIGTERM");
    await instances("1 instance");
    expect(await rowOf(page, "orders").getByText("silent").count()).toBe(0);
  }, 40_000);

  test("says what to do where the rules name a service that nobody serves", async () => {
    const page = await open();
    const missing = page.getByRole("list", { name: "Services that nobody serves" });
    await missing.getByText("nobody serves it").waitFor();
    await missing.getByText("fmesh worker mailer.ts").waitFor();
    await missing.getByRole("link", { name: "mailer" }).click();
    await page.getByRole("heading", { name: "Nobody serves “mailer” now" }).waitFor();
    await expect.poll(() => page.url()).toContain("/services/my-adder/mailer");
  });

  test("is filtered by its address, and by the keyboard", async () => {
    const page = await open("/mesh?q=picture");
    await rowOf(page, "orders").waitFor();
    expect(await rowOf(page, "arithmetic").count()).toBe(0);
    await page.keyboard.press("/");
    await page.keyboard.press("Escape");
    await rowOf(page, "arithmetic").waitFor();
    expect(page.url()).not.toContain("q=");
    await page.keyboard.type("nothing like it");
    await page.getByText("Nothing is called “nothing like it”").waitFor();
    await page.getByRole("button", { name: "Show all services" }).click();
    await rowOf(page, "arithmetic").waitFor();
  });

  test("leads to a service by j and Enter", async () => {
    const page = await open();
    await rowOf(page, "orders").waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "orders" }).waitFor();
    await expect.poll(() => page.url()).toContain("/services/my-adder/orders");
  });

  test.each(["light", "dark"] as const)("is for everybody, in the %s theme", async (theme) => {
    const page = await open("/mesh", { theme });
    await rowOf(page, "orders").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.setViewportSize({ width: 360, height: 780 });
    expect(await scrollsSideways(page)).toBe(false);
    expect(await accessibilityProblems(page)).toEqual([]);
  });
});
