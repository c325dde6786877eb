import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { type ViewOptions, accessibilityProblems } from "../support/browser.ts";
import { VIEWER } from "./people.ts";
import { scrollsSideways } from "./pages.ts";
import { withShop } from "./shop-mesh.ts";
import { useConsoleMesh } from "./use-console-mesh.ts";

const mesh = useConsoleMesh({ prepare: withShop });

async function open(search: string, options?: ViewOptions): Promise<Page> {
  const page = await mesh.open(`/playground/my-adder${search}`, options);
  await page.getByRole("heading", { name: "Playground" }).waitFor();
  return page;
}

const send = (page: Page): Promise<void> => page.getByRole("button", { name: "Send" }).click();
const result = (page: Page, name = "Result"): Promise<string> => page.getByRole("region", { name }).innerText();
const choose = async (page: Page, field: string, option: string | RegExp): Promise<void> => {
  await page.getByRole("combobox", { name: field }).click();
  await page.getByRole("option", { name: option }).click();
};

describe("the playground", () => {
  test("begins with the example, sends it by the keyboard, and shows where the time went", async () => {
    const page = await open("");
    await choose(page, "Function", "arithmetic.sum");
    await page.getByLabel("num1").fill("32");
    await page.keyboard.press("Control+Enter");
    await expect.poll(() => result(page)).toContain('"sum": 52');
    await page.getByText("200", { exact: true }).first().waitFor();
    const timing = page.getByRole("list", { name: "Where the time went" });
    for (const part of ["auth", "rule", "mesh", "fn", "network"])
      await timing.getByText(part, { exact: true }).waitFor();
    await page.getByRole("link", { name: "See its record" }).click();
    await page.waitForURL(/\/invocations\/my-adder\//);
  });

  test("makes a form of nested params, choices, lists and optional members", async () => {
    const page = await open("?service=orders&function=place");
    await page.getByLabel("customer").fill("ada@example.com");
    await page.getByRole("button", { name: "Add to items" }).click();
    await page.getByLabel("sku").fill("tea");
    await page.getByLabel("quantity").fill("3");
    await choose(page, "shipping", "express");
    await page.getByRole("checkbox", { name: "isGift" }).click();
    await page.getByRole("button", { name: "note" }).click();
    await page.getByLabel("note", { exact: true }).fill("soon");
    await choose(page, "Kind of payment", "invoice");
    await page.getByLabel("reference").fill("r-1");
    await send(page);
    await expect.poll(() => result(page)).toContain('"reference": "r-1"');
    expect(JSON.parse(await result(page))).toEqual({
      customer: "ada@example.com",
      items: [{ sku: "tea", quantity: 3 }],
      shipping: "express",
      isGift: true,
      note: "soon",
      payment: { kind: "invoice", reference: "r-1" },
    });
  });

  test("keeps form and JSON in step, and says when the JSON is broken", async () => {
    const page = await open("?service=arithmetic&function=sum");
    await page.getByLabel("num1").fill("5");
    await page.getByRole("button", { name: "JSON", exact: true }).click();
    const editor = page.getByRole("textbox", { name: "Params as JSON" });
    await expect.poll(() => editor.innerText()).toContain('"num1": 5');
    await editor.fill('{ "num1": 7, "num2": 1 }');
    await page.getByRole("button", { name: "Form", exact: true }).click();
    await expect.poll(() => page.getByLabel("num1").inputValue()).toBe("7");
    await page.getByRole("button", { name: "JSON", exact: true }).click();
    await editor.fill('{ "num1": ');
    await page.getByRole("button", { name: "Form", exact: true }).click();
    await page.getByText("The JSON is broken").waitFor();
  });

  test("puts what is wrong to the fields, with the problem as the gateway tells it", async () => {
    const page = await open("?service=orders&function=place", { expected: /status of 400/ });
    await send(page);
    await page.getByText("The request is not valid").waitFor();
    await page.getByText("invalid_request").waitFor();
    const customer = page.getByLabel("customer");
    await expect.poll(() => customer.getAttribute("aria-invalid")).toBe("true");
    const texts = await customer.evaluate((field) =>
      (field.getAttribute("aria-describedby") ?? "")
        .split(" ")
        .map((id) => document.querySelector(`[id="${id}"]`)?.textContent ?? ""),
    );
    // What is known of it before is shorter.
    const said = texts.toSorted((a, b) => a.length - b.length).at(-1) ?? "";
    await page.getByText("See what stands at “customer”").waitFor();
    expect(said).not.toBe("");
    expect((await page.locator("main").innerText()).split(said)).toHaveLength(2);
  });

  test("opens at its top on a telephone, and says what its head does", async () => {
    const page = await open("?service=arithmetic&function=sum", { width: 360, height: 780 });
    await page.getByRole("region", { name: "curl" }).waitFor();
    await page.getByRole("button", { name: "Copy link" }).waitFor();
    await page.waitForURL(/body=|num1/);
    expect(await page.evaluate(() => [scrollY, document.querySelector("main")?.scrollTop])).toEqual([0, 0]);
    expect(await scrollsSideways(page)).toBe(false);
  });

  test("shows what a function says of its failure", async () => {
    const page = await open("?service=orders&function=cancel", { expected: /status of 409/ });
    await send(page);
    await page.getByText("It was shipped already").waitFor();
    await page.getByText("shipped", { exact: true }).waitFor();
    expect(await result(page, "What it says besides")).toContain("Monday");
  });

  test("calls in whose name one likes: nobody, oneself, or with claims", async () => {
    const page = await open("?service=arithmetic&function=whoami", { expected: /status of 401/ });
    await send(page);
    await expect.poll(() => result(page)).toContain('"role": "admin"');
    await choose(page, "Called by", /Claims of my own/);
    await page.getByLabel("Claims").fill('{ "id": "eve", "role": "admin", "team": "blue" }');
    await send(page);
    await expect.poll(() => result(page)).toContain('"team": "blue"');
    await choose(page, "Called by", /Nobody/);
    await send(page);
    await page.getByText("401", { exact: true }).first().waitFor();
    await page.waitForURL(/as=anonymous/);
  });

  test("shows items as they come, and stops them", async () => {
    const page = await open("?service=orders&function=endless");
    await send(page);
    await page.getByText("coming in").waitFor();
    await page.getByRole("region", { name: "Items" }).getByText("3", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("stopped", { exact: true }).waitFor();
    await expect.poll(() => page.getByRole("button", { name: "Send" }).isEnabled()).toBe(true);
  });

  test("shows bytes, and JSON of a function without a schema", async () => {
    const page = await open("?service=orders&function=picture");
    await send(page);
    await page.getByText("01 02 ff").waitFor();
    await choose(page, "Function", "orders.legacy");
    await page.getByRole("textbox", { name: "Params as JSON" }).fill('{"any": [1]}');
    await send(page);
    await expect.poll(() => result(page)).toContain('"legacy"');
    await page.getByRole("button", { name: "Text", exact: true }).click();
    await page.getByLabel("Text", { exact: true }).fill("just words");
    await send(page);
    await expect.poll(() => result(page)).toContain('"just words"');
  });

  test("is shared by its address, without a token, and gives the same call for elsewhere", async () => {
    const page = await open("?service=arithmetic&function=sum");
    await page.getByLabel("num2").fill("99");
    await page.waitForURL(/99/);
    await page.getByRole("region", { name: "curl" }).getByText('"num2":99').waitFor();
    await page.getByRole("tab", { name: "TypeScript" }).click();
    await page.getByRole("region", { name: "TypeScript" }).getByText("mesh.arithmetic.").waitFor();
    await send(page);
    await expect.poll(() => result(page)).toContain("109");
    expect(page.url()).not.toContain("eyJ");
    expect(await page.locator("main").innerText()).not.toContain("eyJ");
    await page.reload();
    await expect.poll(() => page.getByLabel("num2").inputValue()).toBe("99");
    await page.getByLabel("num2").fill("1");
    await page.getByRole("button", { name: /arithmetic\.sum .*99/ }).click();
    await expect.poll(() => page.getByLabel("num2").inputValue()).toBe("99");
  });

  test("lets those go who leave before the address says what they wrote", async () => {
    const page = await open("?service=arithmetic&function=sum");
    const arrived = Promise.withResolvers<void>();
    await page.route(/rules-page-[^/]*\.js$/, async (route) => {
      await arrived.promise;
      await route.continue();
    });
    await page.clock.install();
    await page.getByLabel("num1").fill("77");
    await page.getByRole("link", { name: "Rules" }).click();
    await page.clock.runFor(1000);
    arrived.resolve();
    await page.getByRole("heading", { name: "Rules my-adder" }).waitFor();
    expect(page.url()).toBe(`${mesh.url}/console/rules/my-adder`);
  });

  test("says to a viewer who may choose claims", async () => {
    const page = await mesh.openAs(VIEWER, "/playground/my-adder?service=arithmetic&function=sum");
    await page.getByText("Only administrators choose other claims.").waitFor();
    await page.getByRole("combobox", { name: "Called by" }).click();
    await expect.poll(() => page.getByRole("option").count()).toBe(2);
    await page.keyboard.press("Escape");
    await send(page);
    await expect.poll(() => result(page)).toContain('"sum": 30');
  });

  test.each(["light", "dark"] as const)("is for everybody, in the %s theme", async (theme) => {
    const page = await open("?service=arithmetic&function=sum", { theme });
    await send(page);
    await page.getByRole("list", { name: "Where the time went" }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.setViewportSize({ width: 360, height: 780 });
    expect(await scrollsSideways(page)).toBe(false);
  });
});
