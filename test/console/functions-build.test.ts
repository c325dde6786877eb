import { afterAll, describe, expect, test } from "vitest";
import { startNpmRegistry } from "../builder/bundle/npm-registry.ts";
import { accessibilityProblems } from "../support/browser.ts";
import { functionPage, store } from "./stored-functions.ts";
import { useConsoleMesh } from "./use-console-mesh.ts";

const registry = startNpmRegistry({ name: "tea", version: "1.0.0", files: { "index.js": "" } });
const mesh = useConsoleMesh({
  prepare: (example) => example.edit((text) => `${text}\nbuilder: { npm: { registry: "${registry.url}" } }\n`),
});
afterAll(async () => {
  await registry[Symbol.asyncDispose]();
});

describe("a build", { timeout: 90_000 }, () => {
  test("is begun from the code, shows its steps, and leads to the deployment", async () => {
    await store(mesh, { label: "greet" });
    const page = await mesh.open(functionPage("greet", "code"));
    await page.getByRole("textbox", { name: "Handler of greet" }).click();
    await page.keyboard.press("Control+End");
    await page.keyboard.insertText("// written here\n");
    await page.keyboard.press("Control+Enter");
    await page.getByText("Version 2 is built").waitFor();
    const steps = await page.getByRole("list", { name: "Steps" }).getByRole("listitem").allTextContents();
    expect(steps.map((text) => text.replace(/\d.*/, ""))).toEqual([
      "Look for the image",
      "Bundle the handler",
      "Make the image",
      "Push to the registry",
      "Sign and attest",
    ]);
    await page.getByText(/^sha256:[0-9a-f]{12}…$/).waitFor();
    await page.getByText("Signature, bill of materials (CycloneDX) and provenance (SLSA)").waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole("link", { name: "Deploy" }).click();
    await page.waitForURL("**/functions/my-adder/greet?tab=deploy&version=2");
  });

  test("of what has a mistake marks its place, until the text is another", async () => {
    await store(mesh, { label: "broken", handler: "export default () => {\n  const text = ;\n};\n" });
    const page = await mesh.open(functionPage("broken", "code"));
    await page.getByRole("button", { name: /^Build/ }).click();
    await page.getByText("The build of version 1 failed").waitFor();
    await page.locator(".cm-lint-marker-error").first().waitFor();
    await page.getByRole("button", { name: "Line 2, column 16" }).click();
    await page.keyboard.type("1");
    await page.getByText("What you changed since is not in it.").waitFor();
    await page.keyboard.press("Control+Enter");
    await page.getByText("Version 2 is built").waitFor();
    expect(await page.locator(".cm-lint-marker-error").count()).toBe(0);
  });

  test("can be given up", async () => {
    await store(mesh, {
      label: "slow",
      handler: 'import "tea"; export default () => 3;\n',
      dependencies: { tea: "1.0.0" },
    });
    const asked = registry.hang();
    const page = await mesh.open(functionPage("slow", "code"));
    await page.getByRole("button", { name: /^Build/ }).click();
    await asked;
    await page.getByText("Install dependencies").waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("cancelled", { exact: true }).waitFor();
    expect(await page.getByRole("button", { name: "Cancel" }).count()).toBe(0);
  });

  test("is among the function's, and the project's", async () => {
    await store(mesh, { label: "listed", handler: "export default () => 5;\n" });
    const page = await mesh.open(functionPage("listed", "code"));
    await page.getByRole("button", { name: /^Build/ }).click();
    await page.getByText("Version 1 is built").waitFor();
    await page.getByRole("tab", { name: "Builds" }).click();
    const jobs = page.getByRole("table", { name: "Builds and deployments" });
    await jobs.getByText("succeeded").waitFor();
    await page.getByRole("heading", { name: "Job" }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.goto(`${mesh.url}/console/functions/my-adder?view=jobs`);
    await page.getByRole("table", { name: "Jobs" }).getByText("listed").click();
    await page.waitForURL("**/functions/my-adder/listed?tab=builds&job=*");
  });
});
