import { describe, expect, test } from "vitest";
import { accessibilityProblems } from "../support/browser.ts";
import { deploy, functionPage, store } from "./stored-functions.ts";
import { useConsoleMesh } from "./use-console-mesh.ts";

const mesh = useConsoleMesh();

describe("a deployment", { timeout: 90_000 }, () => {
  test("of what was not built builds it, shows each step, and says where calls go", async () => {
    await store(mesh, {
      label: "greet",
      handler: "export default ({ name }: { name: string }) => ({ text: `Good day, ${name}` });\n",
    });
    const page = await mesh.open(functionPage("greet", "deploy"));
    await page.getByText("No other version gets calls: it gets all of them.").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("button", { name: "Deploy version 1" }).click();
    await page.getByText("All calls go to version 1.").first().waitFor();
    const steps = await page.getByRole("list", { name: "Steps" }).getByRole("listitem").all();
    const done = await Promise.all(steps.map((step) => step.getByRole("img").getAttribute("aria-label")));
    expect(new Set(done)).toEqual(new Set(["done"]));
    expect(steps.length).toBeGreaterThan(7);
    const runs = page.getByRole("table", { name: "Versions that are deployed" });
    await runs.getByText("ready").waitFor();
    await page.getByRole("table", { name: "Deployments" }).getByText("succeeded").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  test("that fails says why and what to do, and leads to the code", async () => {
    await store(mesh, {
      label: "broken",
      handler: "console.error('no luck today'); process.exit(3); export default () => 1;\n",
    });
    const page = await mesh.open(functionPage("broken", "deploy"), { theme: "dark" });
    await page.getByRole("button", { name: "Deploy version 1" }).click();
    await page.getByText("start_failed", { exact: true }).waitFor();
    await page.getByText("ended with code 3 before it took calls").first().waitFor();
    await page.getByText("mend the code and deploy again").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("link", { name: "Open the code" }).click();
    await page.waitForURL("**/functions/my-adder/broken?tab=code");
  });

  test("can be given up while it goes on", async () => {
    await store(mesh, { label: "stuck", handler: "await new Promise(() => undefined); export default () => 1;\n" });
    const page = await mesh.open(functionPage("stuck", "deploy"));
    await page.getByRole("button", { name: "Deploy version 1" }).click();
    await page.getByRole("list", { name: "Steps" }).getByRole("img", { name: "under way" }).waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("cancelled", { exact: true }).first().waitFor();
    await expect.poll(() => page.getByRole("button", { name: "Cancel" }).count()).toBe(0);
  });

  test("is taken back when that is really meant", async () => {
    await deploy(mesh, { label: "brief" });
    const page = await mesh.open(functionPage("brief", "deploy"));
    await page.getByRole("button", { name: "Undeploy…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Undeploy" }).click();
    await page.getByText("Nothing of brief runs any more").waitFor();
    await page.getByText("Nothing runs", { exact: true }).waitFor();
    expect(await mesh.ask("/api/v1/deployments")).not.toContainEqual(expect.objectContaining({ label: "brief" }));
  });
});
