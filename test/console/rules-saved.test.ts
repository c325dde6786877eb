import { readFile } from "node:fs/promises";
import type { Page, Route } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EMPTY_MESSAGE } from "../../mesh/broker.ts";
import { natsBroker } from "../../mesh/broker/nats-bun.ts";
import { silentLog } from "../../mesh/log.ts";
import { configChangeSubject, configSubject } from "../../mesh/subjects.ts";
import { useBrowser } from "../support/browser.ts";
import { type ExampleFolder, type RunningCommand, copyExample, startFmesh } from "../support/fmesh.ts";
import { type BrokerUnderTest, useNats } from "../support/nats.ts";

const ENV = {
  MY_SECRET: "a-secret-of-the-project-with-32-bytes",
  ADMIN_SECRET: "a-secret-for-tokens-of-administrators",
  ADA_PASSWORD: "a-long-password-for-ada",
};

/** Two gateways, a broker and a browser take their time where others work, too. */
const TIME = { timeout: 60_000 };

let example: ExampleFolder;
let broker: BrokerUnderTest;
let gateways: readonly RunningCommand[];
let first: string;
let second: string;

beforeAll(async () => {
  example = await copyExample();
  await example.edit(
    (text) =>
      `${text
        .replace("- id: my-adder", "- id: my-adder\n    secret: $MY_SECRET")
        .replace("gateway: { port: 0 }", "gateway: { port: 0, publishAs: main }")}
admin: { secret: $ADMIN_SECRET, users: [{ user: ada, pass: $ADA_PASSWORD }] }
`,
  );
  broker = await useNats("embedded");
  const env = { ...ENV, NATS_URL: broker.tcpUrl };
  gateways = [0, 1].map(() => startFmesh(["gateway", example.folder], { env }));
  [first = "", second = ""] = await Promise.all(gateways.map(urlOf));
  // Answers once the console is built.
  const page = await fetch(`${first}/console/`);
  if (!page.ok) throw new Error(`there is no console: ${await page.text()}`);
}, 180_000);

afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop("SIGTERM")));
  await broker.stop();
  await example.remove();
});

async function urlOf(gateway: RunningCommand): Promise<string> {
  const output = await gateway.until(/gateway is up.*\n/);
  return /"message":"gateway is up","url":"([^"]+)"/.exec(output)?.[1] ?? "";
}

const browser = useBrowser();

async function open(path: string, options?: Parameters<typeof browser.open>[1]): Promise<Page> {
  const page = await browser.open(`${first}/console${path}`, options);
  page.setDefaultTimeout(15_000);
  await page.getByLabel("User").fill("ada");
  await page.getByLabel("Password").fill(ENV.ADA_PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Rules my-adder" }).waitFor();
  return page;
}

async function statusOf(gateway: string, name: string): Promise<number> {
  return (await fetch(`${gateway}/v1/call/my-adder/arithmetic/${name}`, { method: "POST", body: "{}" })).status;
}

async function choose(page: Page, kind: RegExp): Promise<void> {
  await page.getByLabel("Who may call").click();
  await page.getByRole("option", { name: kind }).click();
}

async function review(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Review and save" }).click();
}

async function confirm(page: Page): Promise<void> {
  await page.getByRole("dialog").getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("It is in force now.").waitFor();
}

/** Saves a change of the text as somebody else would, at the other gateway. */
async function saveElsewhere(change: (text: string) => string): Promise<void> {
  const send = async <T>(path: string, init: RequestInit & { headers?: Record<string, string> } = {}): Promise<T> => {
    const answer = await fetch(`${second}/v1/admin/${path}`, init);
    expect(answer.status).toBe(200);
    return (await answer.json()) as T;
  };
  const credentials = JSON.stringify({ user: "ada", pass: ENV.ADA_PASSWORD });
  const { token } = await send<{ token: string }>("login", { method: "POST", body: credentials });
  const headers = { Authorization: `Bearer ${token}` };
  const { text, etag } = await send<{ text: string; etag: string }>("config", { headers });
  const body = JSON.stringify({ text: change(text) });
  await send("config", { method: "PUT", headers: { ...headers, "If-Match": `"${etag}"` }, body });
}

test(
  "a rule that is saved at one gateway is in force at the other within a second, and told to those at the edge",
  TIME,
  async () => {
    const client = natsBroker({ url: broker.wsUrl, name: "edge", log: silentLog });
    await client.connect();
    const told = Promise.withResolvers<void>();
    client.subscribe(configChangeSubject("main"), {}, () => told.resolve());
    await client.flush();
    const page = await open("/rules/my-adder?service=arithmetic&function=divide");
    // Open to all, but nobody serves it.
    expect([await statusOf(first, "divide"), await statusOf(second, "divide")]).toEqual([503, 503]);
    await choose(page, /token/);
    await review(page);
    await page.getByRole("dialog").getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("It is in force now.").waitFor();
    const savedAt = performance.now();
    expect(await statusOf(first, "divide")).toBe(401);
    while ((await statusOf(second, "divide")) !== 401) expect(performance.now() - savedAt).toBeLessThan(1000);
    await told.promise;
    const { payload } = await client.request(configSubject("main"), EMPTY_MESSAGE, { timeoutMs: 5000 });
    const published = new TextDecoder().decode(payload);
    expect(published).toMatch(/"divide":\{"rule":"authenticated"\}/);
    expect(published).not.toContain("ADA_PASSWORD");
    await client.close();
  },
);

test("who saves after somebody else is told so, compares, and puts their own on top of theirs", TIME, async () => {
  const page = await open("/rules/my-adder?service=arithmetic&function=count", { expected: /status of 412/ });
  await choose(page, /Nobody/);
  await page.getByText("1 change is not saved", { exact: true }).waitFor();
  await saveElsewhere((text) =>
    text.replace("rule: authenticated\n            example", "rule: deny\n            example"),
  );
  await page.getByText("“ada” saved meanwhile").waitFor();
  await expect.poll(() => page.getByRole("button", { name: "Review and save" }).isDisabled()).toBe(true);
  await page.getByRole("button", { name: "Compare" }).click();
  await page.getByRole("dialog").getByLabel("Theirs and yours").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Keep mine" }).click();
  await review(page);
  await confirm(page);
  // Both are there.
  expect(await readFile(example.configFile, "utf8")).toMatch(/sum:\s+rule: deny[^]*count:\s+rule: deny/);
});

test("the whole text is checked as one types, at line and column; a broken one cannot be saved", TIME, async () => {
  const page = await open("/rules/my-adder?view=text");
  const before = await readFile(example.configFile, "utf8");
  const editor = page.getByRole("textbox", { name: "The whole configuration" });
  await editor.press("ControlOrMeta+End");
  await page.keyboard.insertText("projetcs: []");
  const save = page.getByRole("button", { name: "Review and save" });
  await page.getByText(/It cannot be used: line \d+: .*projetcs/).waitFor();
  await expect.poll(() => save.isDisabled()).toBe(true);
  await page.locator(".cm-lintRange-error").waitFor();
  await page.keyboard.press("Home");
  await page.keyboard.insertText("# ");
  await save.isEnabled();
  await review(page);
  await confirm(page);
  expect(await readFile(example.configFile, "utf8")).toBe(`${before}# projetcs: []`);
});

test("what was before is listed, compared with now, and restored", TIME, async () => {
  const page = await open("/rules/my-adder?view=history");
  const rows = page.getByRole("table", { name: "Saved configurations" }).getByRole("row");
  await rows.nth(2).waitFor();
  await expect.poll(() => rows.nth(1).innerText()).toMatch(/ada\s+In force/);
  const oldest = rows.last();
  await expect.poll(() => oldest.innerText()).toContain("the file, by hand");
  await oldest.getByRole("button", { name: "Compare" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Now, and this text").waitFor();
  await dialog.getByRole("button", { name: "Restore this text" }).click();
  await page.getByText("It is in force now.").waitFor();
  expect(await statusOf(first, "divide")).toBe(503);
  expect(await readFile(example.configFile, "utf8")).not.toContain("projetcs");
});

test(
  "who saves a moment after somebody else is refused, and takes theirs: nothing of one's own is left",
  TIME,
  async () => {
    const page = await open("/rules/my-adder?service=arithmetic&function=average", { expected: /status of 412/ });
    await choose(page, /Nobody/);
    // It happens between the press and what the press has sent.
    const theirs = async (route: Route): Promise<void> => {
      await saveElsewhere((text) => text.replace(/(?<=average:\s+rule:\s+)\{[^}]*\}/, "authenticated"));
      await route.continue();
    };
    await page.route("**/v1/admin/projects/my-adder/services", theirs, { times: 1 });
    await review(page);
    await page.getByRole("dialog").getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("“ada” saved meanwhile").waitFor();
    await page.getByRole("button", { name: "Compare" }).click();
    const compared = page.getByRole("dialog", { name: "Theirs and yours" });
    await compared.getByRole("button", { name: "Take theirs" }).click();
    await compared.waitFor({ state: "detached" });
    await expect.poll(() => page.getByLabel("Who may call").innerText()).toMatch(/token/);
    await page.getByRole("region", { name: "Changes that are not saved" }).waitFor({ state: "detached" });
    expect(await page.getByText("saved meanwhile").count()).toBe(0);
    const saved = await readFile(example.configFile, "utf8");
    expect(saved).toMatch(/average:\s+rule:\s+authenticated/);
    // It stays so, and can be changed again.
    await choose(page, /Nobody/);
    await review(page);
    await confirm(page);
    expect(await readFile(example.configFile, "utf8")).toMatch(/average:\s+rule:\s+deny/);
  },
);
