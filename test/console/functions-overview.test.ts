import { describe, expect, test } from "vitest";
import { accessibilityProblems } from "../support/browser.ts";
import { VIEWER, withReaders, withViewer } from "./people.ts";
import { scrollsSideways, shown } from "./pages.ts";
import { deploy, functionPage, store } from "./stored-functions.ts";
import { useConsoleMesh } from "./use-console-mesh.ts";

const mesh = useConsoleMesh({ prepare: (example) => example.edit((text) => withViewer(withReaders(text))) });

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
  });

  test("fits a phone", async () => {
    await deploy(mesh, { label: "narrow" });
    const page = await mesh.open(functionPage("narrow", "overview"), { width: 360, height: 740 });
    for (const tab of ["Overview", "Deploy", "Versions", "Logs", "Invoke", "Events", "Settings"]) {
      await page.getByRole("tab", { name: tab, exact: true }).click();
      await page.getByRole("tabpanel", { name: tab }).waitFor();
      await shown(page);
      expect([tab, await scrollsSideways(page)]).toEqual([tab, false]);
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
