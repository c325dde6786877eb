import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { accessibilityProblems } from "../support/browser.ts";
import { VIEWER, withReaders, withViewer } from "./people.ts";
import { scrollsSideways, shown } from "./pages.ts";
import { deploy, functionPage, store } from "./stored-functions.ts";
import { useConsoleMesh } from "./use-console-mesh.ts";

const mesh = useConsoleMesh({ prepare: (example) => example.edit((text) => withViewer(withReaders(text))) });

/** Whether a table has more at a side than is seen; what says so is drawn with it. */
const hasSoftEdge = (page: Page): Promise<boolean> =>
  page.getByRole("table").evaluate((table) => {
    const box = table.parentElement;
    return box !== null && box.scrollWidth > box.clientWidth && getComputedStyle(box).backgroundImage !== "none";
  });

/** Whether the button that copies the code stands above it. */
const coversCode = (page: Page): Promise<boolean> =>
  page.getByRole("region", { name: "Code" }).evaluate((code) => {
    const button = code.parentElement?.querySelector("button");
    return button === null || button === undefined
      ? true
      : button.getBoundingClientRect().left < code.getBoundingClientRect().right;
  });

describe("the overview", { timeout: 90_000 }, () => {
  test("says what to do next, from the first version to its first caller", async () => {
    const id = await store(mesh, { label: "steps", handler: "export default () => 'hello';\n" });
    const page = await mesh.open(functionPage("steps", "overview"));
    await page.getByText("“steps” is stored, and does not run yet").waitFor();
    await mesh.ask(`/api/v1/functions/deploy/${id}`, {}, { headers: { Prefer: "wait=60" } });
    await page.getByText("Nobody may call it yet").waitFor();
    await expect
      .poll(() => page.getByRole("link", { name: "Write a rule" }).getAttribute("href"))
      .toContain("/rules/my-adder?service=steps&function=handler");
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("button", { name: "fmesh" }).click();
    await page.getByText("fmesh call steps.handler '{}'").waitFor();
    await mesh.ask(`/api/v1/functions/invoke/${id}`, {});
    await page.getByText("Succeeded").first().waitFor();
    await page.getByText("Succeeded: 1 in all, between 0 and 1").waitFor({ state: "attached" });
  });

  test("fits a phone", async () => {
    await deploy(mesh, { label: "narrow" });
    const list = await mesh.open("/functions/my-adder", { width: 360, height: 740 });
    await list.getByRole("link", { name: "narrow" }).waitFor();
    const top = (): Promise<number | undefined> =>
      list
        .getByRole("group", { name: "What is listed" })
        .boundingBox()
        .then((box) => box?.y);
    const before = await top();
    await list.getByRole("button", { name: "Jobs" }).click();
    await list.getByRole("table", { name: "Jobs" }).getByText("succeeded").first().waitFor();
    expect([await top(), await hasSoftEdge(list), await scrollsSideways(list)]).toEqual([before, true, false]);
    await list.getByRole("searchbox", { name: "Search jobs" }).fill("nothing like it");
    await list.getByText("No job has “nothing like it” in it").waitFor();
    const page = await mesh.open(functionPage("narrow", "overview"), { width: 360, height: 740 });
    for (const tab of ["Overview", "Deploy", "Versions", "Logs", "Call", "Events", "Settings"]) {
      await page.getByRole("tab", { name: tab, exact: true }).click();
      await page.getByRole("tabpanel", { name: tab }).waitFor();
      await shown(page);
      expect([tab, await scrollsSideways(page)]).toEqual([tab, false]);
      if (tab === "Call") expect(await coversCode(page)).toBe(false);
    }
  });
});

test("a viewer sees what runs, and why nothing can be changed", { timeout: 90_000 }, async () => {
  await deploy(mesh, { label: "seen" });
  const page = await mesh.openAs(VIEWER, functionPage("seen", "deploy"));
  await page.getByText("Your role may look at functions, not deploy them.").waitFor();
  await expect.poll(() => page.getByRole("button", { name: "Deploy version 1" }).isDisabled()).toBe(true);
  expect(await page.getByRole("button", { name: "Undeploy…" }).count()).toBe(0);
  await page.getByRole("tab", { name: "Settings" }).click();
  await page.getByText("Your role may look at the settings, not change them.").waitFor();
  await page.getByRole("tab", { name: "Versions" }).click();
  await page.getByText("Your role may look at the traffic, not change it.").waitFor();
});
