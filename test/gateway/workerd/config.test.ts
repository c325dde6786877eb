import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseConfig } from "../../../gateway/config.ts";
import { type PublishedConfig, publishConfig } from "../../../gateway/runtime/publish-config.ts";
import { EMPTY_MESSAGE, type Message } from "../../../mesh/broker.ts";
import { CloseStack } from "../../../mesh/lifecycle.ts";
import { silentLog } from "../../../mesh/log.ts";
import { PROJECT_SECRET } from "../../support/mesh.ts";
import { callNative } from "../calling.ts";
import { probe } from "../probe.ts";
import { type Edge, startEdge, until } from "./edge.ts";

const env = { SHOP_SECRET: PROJECT_SECRET };
let parts: CloseStack;
let folder: string;
let file: string;
let edge: Edge;

beforeEach(async () => {
  parts = new CloseStack();
  folder = await mkdtemp(join(tmpdir(), "fmesh-published-"));
  parts.defer(async () => rm(folder, { recursive: true }));
  file = join(folder, "fmesh.yaml");
  edge = await startEdge({
    config: { projects: [{ id: "shop", secret: "$SHOP_SECRET", services: {} }] },
    services: [probe],
    bindings: { FMESH_CONFIG_NAME: "main" },
    storageFolder: folder,
  });
  parts.defer(async () => edge[Symbol.asyncDispose]());
});
afterEach(() => parts.close());

function written(rule: string, secret = "$SHOP_SECRET"): string {
  return `
gateway: { publishAs: main }
broker: { token: ${PROJECT_SECRET} }
projects:
  - id: shop
    secret: ${secret}
    services: { probe: { functions: { default: { rule: ${rule} } } } }
`;
}

async function publish(text: string): Promise<PublishedConfig> {
  await writeFile(file, text);
  const config = parseConfig(text, { filename: file, env });
  const published = parts.use(publishConfig(config, { configFile: file, env, broker: edge.workers, log: silentLog }));
  await edge.workers.flush();
  return published;
}

const status = async (token?: string): Promise<number> =>
  (await callNative(edge, "probe/echo", { body: "1", ...(token !== undefined && { token }) })).status;

test("the first request goes by what the mesh publishes, not by what was deployed", async () => {
  await publish(written("authenticated"));
  expect(await status()).toBe(401);
  expect(await status(await edge.token())).toBe(200);
});

test("while nobody publishes one, what was deployed counts", async () => {
  expect(await status()).toBe(403);
});

test("an edit reaches the edge without a deployment, and one that is broken changes nothing there", async () => {
  const published = await publish(written("allow"));
  expect(await status()).toBe(200);
  await writeFile(file, written("deny"));
  published.changed();
  await until(async () => (await status()) === 401);
  await writeFile(file, "projects: 7");
  const asked = Promise.withResolvers<void>();
  edge.workers.subscribe("config.main", {}, () => asked.resolve());
  await edge.workers.flush();
  published.changed();
  await asked.promise;
  expect(await status()).toBe(401);
  await writeFile(file, written("allow"));
  published.changed();
  const seen = new Set<number>();
  await until(async () => {
    const now = await status();
    seen.add(now);
    return now === 200;
  });
  expect([...seen]).toEqual([401, 200]);
});

test("an object that begins anew while nobody publishes goes on with what was published last", async () => {
  const published = await publish(written("allow"));
  expect(await status()).toBe(200);
  await published.close();
  await edge.restart();
  expect(await status()).toBe(200);
});

test("a secret that is written out does not travel, and neither does anything of the broker's", async () => {
  const ask = () => edge.workers.request("config.main", EMPTY_MESSAGE, { timeoutMs: 2000 });
  const text = ({ payload }: Message): string => new TextDecoder().decode(payload);
  await publish(written("allow", PROJECT_SECRET));
  const refused = await ask();
  expect(refused.headers["Nats-Service-Error-Code"]).toBe("500");
  expect(text(refused)).not.toContain(PROJECT_SECRET);
  await writeFile(file, written("allow"));
  expect(JSON.parse(text(await ask()))).toEqual({
    gateway: {},
    projects: [
      {
        id: "shop",
        auth: { secrets: ["$SHOP_SECRET"] },
        services: { probe: { functions: { default: { rule: "allow" } } } },
      },
    ],
  });
});
