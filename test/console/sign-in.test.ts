import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { runFmesh, startFmesh } from "../support/fmesh.ts";
import { type Person, signIn } from "./people.ts";
import { useConsoleMesh } from "./use-console-mesh.ts";

const ADA: Person = { user: "ada", pass: "lovelace-1815" };
const GRACE: Person = { user: "grace", pass: "hopper-1906" };
const ADMIN = `
admin:
  users:
    - { user: ${ADA.user}, pass: ${ADA.pass} }
    - { user: ${GRACE.user}, pass: ${GRACE.pass}, role: viewer }
`;
/** The line that a browser writes for an answer of 401. */
const REFUSED = /status of 401/;
/** What it writes where there is a page of another kind. */
const NO_ICON = /status of 404/;

const mesh = useConsoleMesh({ prepare: (example) => example.edit((text) => text + ADMIN) });
const { browser } = mesh;

const printedLink = (): string => /console +(\S+)/.exec(mesh.command.output())?.[1] ?? "";
const codeOf = (link: string): string => new URL(link).hash.replace("#code=", "");
const tokenIn = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { token } = JSON.parse(sessionStorage.getItem("fmesh.session") ?? "{}") as { readonly token?: string };
    return token ?? "";
  });
const isSignedIn = (page: Page): Promise<void> => page.getByRole("button", { name: "Signed in as" }).waitFor();
const isSignedOut = (page: Page): Promise<void> => page.getByRole("button", { name: "Sign in" }).waitFor();

/** What the server was asked for, in full. */
function addressesOf(page: Page): readonly string[] {
  const addresses: string[] = [];
  page.on("request", (request) => addresses.push(request.url()));
  return addresses;
}

describe("the link that fmesh up prints", () => {
  test("signs its first visitor in, and leaves its code nowhere", async () => {
    const page = await browser.open(`${mesh.url}/livez`, { expected: NO_ICON });
    const asked = addressesOf(page);
    await page.goto(printedLink());
    await isSignedIn(page);
    await page.getByRole("heading", { name: "Mesh", exact: true }).waitFor();
    await expect.poll(() => page.url()).toBe(`${mesh.url}/console/mesh`);

    const [code, token] = [codeOf(printedLink()), await tokenIn(page)];
    expect([code.length, token.length]).toEqual([32, expect.any(Number)]);
    expect(token).not.toBe("");
    // The fragment is no part of what a browser sends.
    const sent = asked.map((url) => url.split("#")[0] ?? "").join("\n");
    expect(sent).not.toContain(code);
    expect(sent).not.toContain(token);
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain(token);
    await page.goBack();
    await expect.poll(() => page.url()).toBe(`${mesh.url}/livez`);
    const said = mesh.command.output().replace(printedLink(), "");
    expect(said).not.toContain(code);
    expect(said).not.toContain(token);
  });

  test("says once it was used that it was, and how to get another", async () => {
    const page = await browser.open(printedLink(), { expected: REFUSED });
    await page.getByText("The code is not known, was used or is too old").waitFor();
    await page.getByText("fmesh console").waitFor();
    expect(page.url()).not.toContain("#");
  });

  test("is followed by others, of fmesh console", async () => {
    const { output } = await runFmesh(["console", "--config", mesh.example.folder]);
    const page = await browser.open(output.trim());
    await isSignedIn(page);
    expect(mesh.command.output()).not.toContain(codeOf(output.trim()));
  });

  test("signs somebody in who looks at the console already", async () => {
    const page = await browser.open(`${mesh.url}/console/mesh`);
    await isSignedOut(page);
    // Only the fragment changes: the page is not loaded again.
    await page.goto(await mesh.link("/mesh"));
    await isSignedIn(page);
    await expect.poll(() => page.url()).toBe(`${mesh.url}/console/mesh`);
  });
});

describe("a password", () => {
  test("signs in, and leads to the page that was asked for", async () => {
    const page = await browser.open(`${mesh.url}/console/rules/my-adder`);
    await signIn(page, ADA);
    await page.getByRole("heading", { name: "Rules my-adder" }).waitFor();
    await page.getByRole("button", { name: "Signed in as ada Administrator" }).waitFor();
    await expect.poll(() => page.url()).toBe(`${mesh.url}/console/rules/my-adder`);
  });

  test("that is wrong is forgotten, and the user is not", async () => {
    const page = await browser.open(`${mesh.url}/console/`, { expected: REFUSED });
    await signIn(page, { ...ADA, pass: "wrong" });
    await page.getByText("User or password is wrong").waitFor();
    await expect.poll(() => page.getByLabel("User").inputValue()).toBe("ada");
    await expect.poll(() => page.getByLabel("Password").inputValue()).toBe("");
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("name"))).toBe("pass");
  });

  test("of a viewer shows what is there, and nothing that would change it", async () => {
    const page = await browser.open(`${mesh.url}/console/functions/my-adder`, { expected: /status of 403/ });
    await signIn(page, GRACE);
    await page.getByRole("button", { name: "Signed in as grace Viewer" }).waitFor();
    await page.getByRole("heading", { name: "Functions", exact: true }).waitFor();
    const change = page.getByRole("button", { name: /^(New|Create|Save|Deploy|Build|Delete|Undo)/, disabled: false });
    expect(await change.count()).toBe(0);
    await page.getByRole("link", { name: "Rules" }).click();
    await page.getByRole("heading", { name: "Rules my-adder" }).waitFor();
    await page.getByText("arithmetic").first().waitFor();
    expect(await change.count()).toBe(0);
  });
});

describe("a session", () => {
  test("is renewed before it is over, while somebody reads", async () => {
    const page = await browser.open(`${mesh.url}/livez`, { expected: NO_ICON });
    await page.clock.install();
    await page.goto(await mesh.link("/rules/my-adder"));
    await isSignedIn(page);
    const renewed = page.waitForResponse(/session\/renew$/);
    await page.clock.runFor("15:01");
    expect((await renewed).status()).toBe(200);
    await isSignedIn(page);
  });

  test("is one tab's: another one of the same browser has none", async () => {
    const page = await mesh.open();
    await isSignedIn(page);
    const other = await page.context().newPage();
    await other.goto(`${mesh.url}/console/`);
    await isSignedOut(other);
    await other.goto(await mesh.link());
    await isSignedIn(other);

    await other.getByRole("button", { name: "Signed in as" }).click();
    await other.getByRole("menuitem", { name: "Sign out" }).click();
    await isSignedOut(other);
    expect(await tokenIn(other)).toBe("");
    await isSignedIn(page);
  });

  test("ends with the mesh, says how to get in again, and comes back to the same page", async () => {
    const page = await mesh.open("/mesh?q=arith", { expected: /status of 401|ERR_/ });
    await isSignedIn(page);
    const { port } = new URL(mesh.url);
    await mesh.command.stop();
    const again = startFmesh(["up", mesh.example.folder, "--port", port]);
    try {
      await again.until(/Ctrl-C stops everything/);
      // The page asks again by itself.
      await isSignedOut(page);
      await page.getByText("The gateway does not know your session any more").waitFor();
      await page.getByText("fmesh console").waitFor();
      await signIn(page, ADA);
      await page.getByRole("heading", { name: "Mesh", exact: true }).waitFor();
      await expect.poll(() => page.url()).toBe(`${mesh.url}/console/mesh?q=arith`);
    } finally {
      await again.stop();
    }
  }, 60_000);
});
