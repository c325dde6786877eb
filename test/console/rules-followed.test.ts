import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CloseStack } from "../../mesh/lifecycle.ts";
import { type GatewayProcess, type RuntimeKind, startGatewayProcess } from "../gateway/runtimes/gateway-process.ts";
import { useBrowser } from "../support/browser.ts";
import type { WrittenConfig } from "../support/mesh.ts";
import { useNats } from "../support/nats.ts";

const SECRETS = {
  SHOP_SECRET: "a-secret-of-the-project-with-32-bytes",
  ADMIN_SECRET: "a-secret-for-tokens-of-administrators",
  ADA_PASSWORD: "a-long-password-for-ada",
};

/** Gateways on all that they run on, a broker and a browser take their time where others work, too. */
const TIME = { timeout: 90_000 };

const parts = new CloseStack();
const followers = new Map<RuntimeKind, GatewayProcess>();
let publisher: GatewayProcess;

beforeAll(async () => {
  const nats = await useNats("embedded");
  parts.defer(() => nats.stop());
  const env = { ...SECRETS, NATS_URL: nats.wsUrl };
  const start = async (kind: RuntimeKind, config: WrittenConfig): Promise<GatewayProcess> => {
    const bindings = kind === "workerd" ? { ...env, FMESH_CONFIG_NAME: "main" } : env;
    const gateway = await startGatewayProcess(kind, { config, env: bindings });
    parts.defer(async () => void (await gateway.stop()));
    return gateway;
  };
  publisher = await start("bun", written({ publishAs: "main" }, "allow"));
  followers.set("bun", await start("bun", written({ follow: "main" }, "deny")));
  followers.set("deno", await start("deno", written({ follow: "main" }, "deny")));
  followers.set("workerd", await start("workerd", written({}, "deny")));
  // Answers once the console is built.
  const page = await fetch(`${publisher.url}/console/`);
  if (!page.ok) throw new Error(`there is no console: ${await page.text()}`);
}, 180_000);
afterAll(() => parts.close());

function written(gateway: WrittenConfig, rule: string): WrittenConfig {
  return {
    gateway,
    admin: { secret: "$ADMIN_SECRET", users: [{ user: "ada", pass: "$ADA_PASSWORD" }] },
    projects: [{ id: "shop", secret: "$SHOP_SECRET", services: { cart: { functions: { add: { rule } } } } }],
  };
}

async function statuses(): Promise<Record<string, number>> {
  const asked = [...followers].map(async ([kind, { url }]) => {
    const { status } = await fetch(`${url}/v1/call/shop/cart/add`, { method: "POST", body: "{}" });
    return [kind, status] as const;
  });
  return Object.fromEntries(await Promise.all(asked));
}

const browser = useBrowser();

async function open({ url }: Pick<GatewayProcess, "url">): Promise<Page> {
  const page = await browser.open(`${url}/console/rules/shop?service=cart&function=add`);
  page.setDefaultTimeout(15_000);
  await page.getByLabel("User").fill("ada");
  await page.getByLabel("Password").fill(SECRETS.ADA_PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Rules shop" }).waitFor();
  return page;
}

test("a rule that is saved is in force at every gateway that follows, whatever it runs on", TIME, async () => {
  // Open to all, but nobody serves it.
  expect(await statuses()).toEqual({ bun: 503, deno: 503, workerd: 503 });
  const page = await open(publisher);
  await page.getByLabel("Who may call").click();
  await page.getByRole("option", { name: /token/ }).click();
  await page.getByRole("button", { name: "Review and save" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("It is in force now.").waitFor();
  await expect.poll(statuses, { timeout: 15_000 }).toEqual({ bun: 401, deno: 401, workerd: 401 });
});

test("a gateway that follows shows the rules in force, and says where they are changed", TIME, async () => {
  const follower = followers.get("bun");
  if (follower === undefined) throw new Error("it has not started");
  const page = await open(follower);
  await page.getByText("This gateway follows the configuration “main” of the mesh").waitFor();
  await expect.poll(() => page.getByLabel("Who may call").innerText()).toMatch(/token/);
  await expect.poll(() => page.getByLabel("Who may call").isDisabled()).toBe(true);
  expect(await page.getByRole("button", { name: /^(Add|Remove|Review)/ }).count()).toBe(0);
});
