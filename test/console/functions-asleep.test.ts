import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { DeployedFunction } from "../../mesh/deployment.ts";
import { asleepFunctions } from "../../console/mesh/asleep.ts";
import { unservedServices } from "../../console/mesh/unserved.ts";
import { accessibilityProblems } from "../support/browser.ts";
import { scrollsSideways } from "./pages.ts";
import { deploy, store } from "./stored-functions.ts";
import { useConsoleMesh } from "./use-console-mesh.ts";

/** Ends as soon as nobody calls it. */
const SLEEPY = { scale: { min: 0, max: 1, concurrency: 1, idleSeconds: 1 } };

const mesh = useConsoleMesh({
  prepare: (example) =>
    example.edit((text) =>
      text.replace(
        "    services:\n",
        "    services:\n      ruled: { functions: { handler: { rule: authenticated } } }\n",
      ),
    ),
});

/** Resolves once the mesh page says of both that they sleep. */
async function seenAsleep(page: Page): Promise<void> {
  const asleep = page.getByRole("list", { name: "Functions that are asleep" });
  for (const name of ["ruled", "unruled"]) {
    const row = asleep.getByRole("listitem").filter({ hasText: name });
    await row.getByText("asleep, starts with a call").first().waitFor({ timeout: 60_000 });
  }
}

describe("functions that sleep", { timeout: 120_000 }, () => {
  test("are asleep in the mesh, on their pages and in the rules, and found by their names", async () => {
    await deploy(mesh, { label: "ruled", ...SLEEPY });
    await deploy(mesh, { label: "unruled", ...SLEEPY });
    await store(mesh, { label: "shelved" });
    const page = await mesh.open("/mesh");
    await seenAsleep(page);
    expect(await page.getByText("fmesh worker ruled.ts").count()).toBe(0);
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.setViewportSize({ width: 360, height: 780 });
    expect(await scrollsSideways(page)).toBe(false);
    await page.setViewportSize({ width: 1280, height: 860 });

    await page.getByRole("link", { name: "unruled", exact: true }).click();
    await page.waitForURL("**/functions/my-adder/unruled");
    await page.getByRole("heading", { level: 1, name: "unruled" }).waitFor();

    await page.keyboard.press("ControlOrMeta+k");
    await page.getByRole("combobox", { name: "Jump to a page, or do something" }).fill("shelved");
    await page.getByRole("option", { name: /^Function\s*shelved/ }).click();
    await page.waitForURL("**/functions/my-adder/shelved");

    await page.goto(`${mesh.url}/console/services/my-adder/ruled`);
    await page.getByRole("heading", { name: "“ruled” is asleep, and starts with a call" }).waitFor();
    await page.getByRole("link", { name: "Open the function" }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);

    await page.goto(`${mesh.url}/console/rules/my-adder`);
    await page.getByRole("region", { name: "unruled" }).getByText("handler").waitFor();
  });
});

describe("a function that is deployed", () => {
  const fn: DeployedFunction = {
    ...{ project: "shop", label: "greet", state: "ready", home: "local" },
    ...{ traffic: {}, versions: [] },
  };
  const projects = [{ id: "shop", services: { greet: { functions: {} } } }] as unknown as Parameters<
    typeof unservedServices
  >[0];

  test("is asleep while no instance is there, and then nobody has to serve it", () => {
    const asleep = asleepFunctions([fn], [{ project: "other", name: "greet" }]);
    expect(asleep).toMatchObject([{ project: "shop", name: "greet", functions: [{ name: "handler" }] }]);
    expect(unservedServices(projects, asleep)).toEqual([]);
    expect(asleepFunctions([fn], [{ project: "shop", name: "greet" }])).toEqual([]);
  });

  test("is what nobody serves where it is not known to be deployed", () => {
    expect(unservedServices(projects, [])).toMatchObject([{ name: "greet" }]);
  });
});
