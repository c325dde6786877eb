import { afterAll, beforeAll, expect, test } from "vitest";
import { useBrowser } from "../support/browser.ts";
import { type RunningCommand, startFmesh } from "../support/fmesh.ts";
import { type StartedConsoleMesh, startConsoleMesh } from "./console-mesh.ts";
import { shown } from "./pages.ts";

/** A secret of one's own keeps people signed in while the mesh is started again. */
const SETTINGS = `
functions: { enabled: false }
admin: { secret: signs-for-everybody-in-this-test }
`;

let mesh: StartedConsoleMesh;
let again: RunningCommand | undefined;
beforeAll(async () => {
  mesh = await startConsoleMesh({ prepare: (example) => example.edit((text) => text + SETTINGS) });
}, 120_000);
afterAll(async () => {
  await again?.stop();
  await mesh.stop();
});

const browser = useBrowser();
/** The line that a browser writes for an answer that says so. */
const AWAY = { expected: /status of 50[34]/ };

test("the mesh, its services, the playground and the rules are all there", async () => {
  const page = await browser.open(await mesh.link("/mesh"));
  await page.getByText("Adds and divides").first().waitFor();
  // The rules speak of it still.
  await page.getByText("nobody serves them").waitFor();
  expect(await page.title()).toContain("Mesh");

  await page.goto(`${mesh.url}/console/services/my-adder/arithmetic`);
  await page.getByText("Adds two numbers").first().waitFor();
  await page.goto(`${mesh.url}/console/rules/my-adder`);
  await shown(page);
  await page.getByText("whoami").first().waitFor();
  await page.goto(`${mesh.url}/console/playground/my-adder`);
  await shown(page);
  await page.getByRole("heading", { name: "Playground" }).waitFor();
}, 40_000);

test.each([
  ["functions", "Functions"],
  ["events", "Events"],
  ["invocations", "Invocations"],
])(
  "the page of %s says what is missing, and asks again",
  async (path, title) => {
    const page = await browser.open(await mesh.link(`/${path}/my-adder`), AWAY);
    await page.getByRole("heading", { name: title, exact: true }).waitFor();
    await page
      .getByText(/functions/i)
      .last()
      .waitFor();
    await page.getByRole("button", { name: "Try again" }).first().waitFor();
    await expect.poll(() => page.locator("main").innerText()).toContain("503");
    await page.getByRole("link", { name: "Mesh", exact: true }).click();
    await page.getByText("Adds and divides").first().waitFor();
  },
  40_000,
);

test("once it is there, trying again shows what it keeps", async () => {
  const page = await browser.open(await mesh.link("/functions/my-adder"), { expected: /status of 50[34]|ERR_/ });
  const retry = page.getByRole("button", { name: "Try again" }).first();
  await retry.waitFor();
  await mesh.command.stop();
  await mesh.example.edit((text) => text.replace("functions: { enabled: false }", ""));
  again = startFmesh(["up", mesh.example.folder, "--port", new URL(mesh.url).port]);
  await again.until(/Ctrl-C stops everything/);
  await retry.click();
  await retry.waitFor({ state: "detached" });
  expect(await page.getByText("503").count()).toBe(0);
  await page
    .getByRole("button", { name: /function/ })
    .or(page.getByRole("link", { name: /function/ }))
    .first()
    .waitFor();
}, 60_000);
