import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessibilityProblems, useBrowser } from "../support/browser.ts";
import { type ConsoleMesh, startConsoleMesh } from "./console-mesh.ts";
import { deploy, scrollsSideways, shown } from "./pages.ts";

const VIEWER = { user: "vera", pass: "looks-only" };

let mesh: ConsoleMesh;
beforeAll(async () => {
  mesh = await startConsoleMesh({
    prepare: (example) =>
      example.edit((text) => {
        const admins = /\{ rule: match, .* f2: admin, .*\}/g;
        const readers = '{ rule: match, type: string, eval: "==", f1: args.params.method, f2: GET }';
        const users = `[{ user: ${VIEWER.user}, pass: ${VIEWER.pass}, role: viewer }]`;
        return `${text.replaceAll(admins, (rule) => `{ rule: or, clauses: [${rule}, ${readers}] }`)}\nadmin: { users: ${users} }\n`;
      }),
  });
}, 180_000);
afterAll(() => mesh.stop());

const browser = useBrowser();

async function open(label: string, tab: string, options?: Parameters<typeof browser.open>[1]): Promise<Page> {
  const page = await browser.open(await mesh.link(`/functions/my-adder/${label}?tab=${tab}`), options);
  page.setDefaultTimeout(30_000);
  return page;
}

async function store(label: string, handler: string): Promise<string> {
  return (await mesh.ask<{ id: string }>("/api/v1/functions", { label, handler })).id;
}

describe("the overview", { timeout: 90_000 }, () => {
  test("says what to do next, from the first version to its first caller", async () => {
    const id = await store("steps", "export default () => 'hello';\n");
    const page = await open("steps", "overview");
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
    await deploy(mesh, { label: "narrow", handler: "export default () => 1;\n" });
    const page = await open("narrow", "overview", { width: 360, height: 740 });
    for (const tab of ["Overview", "Deploy", "Versions", "Logs", "Invoke", "Events", "Settings"]) {
      await page.getByRole("tab", { name: tab, exact: true }).click();
      await page.getByRole("tabpanel", { name: tab }).waitFor();
      await shown(page);
      expect([tab, await scrollsSideways(page)]).toEqual([tab, false]);
    }
  });
});

test("a viewer sees what runs, and why nothing can be changed", { timeout: 90_000 }, async () => {
  await deploy(mesh, { label: "seen", handler: "export default () => 1;\n" });
  const page = await browser.open(`${mesh.url}/console/functions/my-adder/seen?tab=deploy`);
  page.setDefaultTimeout(30_000);
  await page.getByLabel("User").fill(VIEWER.user);
  await page.getByLabel("Password").fill(VIEWER.pass);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Your role may look at functions, not deploy them.").waitFor();
  await expect.poll(() => page.getByRole("button", { name: "Deploy version 1" }).isDisabled()).toBe(true);
  expect(await page.getByRole("button", { name: "Undeploy…" }).count()).toBe(0);
  await page.getByRole("tab", { name: "Settings" }).click();
  await page.getByText("Your role may look at the settings, not change them.").waitFor();
  await page.getByRole("tab", { name: "Versions" }).click();
  await page.getByText("Your role may look at the traffic, not change it.").waitFor();
});
