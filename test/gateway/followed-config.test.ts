import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseConfig } from "../../gateway/config.ts";
import { startGateway } from "../../gateway/runtime/bun.ts";
import { keptText } from "../../gateway/runtime/kept-text.ts";
import { publishConfig } from "../../gateway/runtime/publish-config.ts";
import { serveLive } from "../../gateway/runtime/serve-live.ts";
import type { Broker } from "../../mesh/broker.ts";
import { natsBroker } from "../../mesh/broker/nats-bun.ts";
import { CloseStack } from "../../mesh/lifecycle.ts";
import { type Log, jsonLog, silentLog } from "../../mesh/log.ts";
import { type BrokerUnderTest, useNats } from "../support/nats.ts";

const SECRET = "a-secret-for-tests-of-at-least-32-bytes";
const env = { SHOP_SECRET: SECRET };
const OWN = "gateway: { follow: main, port: 0 }\nprojects: [{ id: own, secret: $SHOP_SECRET, services: {} }]\n";
/** A secret that only the publisher has. */
const NOT_HERE = { secret: "$ONLY_THERE" };
let parts: CloseStack;
let nats: BrokerUnderTest;
let elsewhere: Broker;
let folder: string;
let lines: string[];
let log: Log;

beforeEach(async () => {
  parts = new CloseStack();
  lines = [];
  log = jsonLog((line) => lines.push(line));
  folder = await mkdtemp(join(tmpdir(), "follow-"));
  parts.defer(() => rm(folder, { recursive: true }));
  nats = await useNats("embedded");
  parts.defer(() => nats.stop());
  elsewhere = parts.use(await connect());
});
afterEach(() => parts.close());

async function connect(): Promise<Broker> {
  const broker = natsBroker({ url: nats.wsUrl, name: "test", log: silentLog });
  await broker.connect();
  return broker;
}

interface Publisher {
  /** Saves another one, and says so. */
  save(rule: string, project?: object): Promise<void>;
  close(): Promise<void>;
}

/** A configuration that is published, in a folder of its own. */
async function publish(rule: string, project?: object): Promise<Publisher> {
  const configFile = join(folder, "published.json");
  const write = (...written: Parameters<typeof published>) =>
    writeFile(configFile, JSON.stringify(published(...written)));
  await write(rule, project);
  const all = { ...env, ONLY_THERE: SECRET };
  const config = parseConfig(JSON.stringify(published(rule)), { filename: configFile, env: all });
  const publisher = parts.use(publishConfig(config, { configFile, env: all, broker: elsewhere, log: silentLog }));
  await elsewhere.flush();
  return {
    save: async (...written) => {
      await write(...written);
      publisher.changed();
    },
    close: () => publisher.close(),
  };
}

function published(rule: string, project: object = { secret: "$SHOP_SECRET" }): object {
  const services = { cart: { functions: { add: { rule } } } };
  return { gateway: { publishAs: "main" }, projects: [{ id: "shop", services, ...project }] };
}

interface Follower {
  status(project?: string): Promise<number>;
  save(text: string): Promise<void>;
  close(): Promise<void>;
}

/** A gateway that follows. Where it starts anew, it finds what it has kept. */
async function follow(text = OWN): Promise<Follower> {
  const own = join(folder, "own");
  await mkdir(own, { recursive: true });
  const configFile = join(own, "fmesh.yaml");
  await writeFile(configFile, text);
  const stack = new CloseStack();
  parts.use(stack);
  const broker = stack.use(await connect());
  const { url } = await serveLive(parseConfig(text, { filename: configFile, env }), {
    ...{ configFile, env, broker, log, stack },
    kept: (name) => keptText(configFile, name),
    serve: (config) => startGateway(config, { configFile, broker, log }),
  });
  return {
    status: async (project = "shop") =>
      (await fetch(`${url}/v1/call/${project}/cart/add`, { method: "POST", body: "{}" })).status,
    save: (next) => writeFile(configFile, next),
    close: () => stack.close(),
  };
}

const logged = (text: string): number => lines.filter((line) => line.includes(text)).length;

test("the first request goes by what is published, and its own file's projects are none", async () => {
  await publish("authenticated");
  const follower = await follow();
  expect([await follower.status(), await follower.status("own")]).toEqual([401, 403]);
});

test("while nobody publishes, its own file counts; whoever publishes later is heard", async () => {
  const follower = await follow(
    OWN.replace("services: {}", "services: { cart: { functions: { add: { rule: deny } } } }"),
  );
  expect([await follower.status(), await follower.status("own")]).toEqual([403, 401]);
  expect(logged("the configuration could not be asked for")).toBe(1);
  expect(logged("nothing that the mesh published is known here")).toBe(1);
  const publisher = await publish("deny");
  await publisher.save("allow");
  await expect.poll(() => follower.status()).toBe(503);
  expect(await follower.status("own")).toBe(403);
});

test("each save of the published file is in force, and one that cannot be used changes nothing", async () => {
  const publisher = await publish("allow");
  const follower = await follow();
  await publisher.save("authenticated");
  await expect.poll(() => follower.status()).toBe(401);
  await publisher.save("nonsense");
  await expect.poll(() => logged("cannot be published")).toBe(1);
  await publisher.save("allow", NOT_HERE);
  await expect.poll(() => logged("ONLY_THERE")).toBe(1);
  expect(await follower.status()).toBe(401);
  await publisher.save("allow");
  await expect.poll(() => follower.status()).toBe(503);
});

test("a save of its own file changes what is of the machine, and no rule", async () => {
  await publish("authenticated");
  const follower = await follow();
  await follower.save(OWN.replace("services: {}", "services: { cart: { functions: { add: { rule: allow } } } }"));
  await expect.poll(() => logged("the saved configuration is live")).toBe(1);
  expect([await follower.status(), await follower.status("own")]).toEqual([401, 403]);
});

test("a gateway that starts while nobody publishes goes on with what was published last", async () => {
  const publisher = await publish("allow");
  const before = await follow();
  expect(await before.status()).toBe(503);
  await before.close();
  await publisher.close();
  const after = await follow();
  expect([await after.status(), await after.status("own")]).toEqual([503, 403]);
  expect(logged("what the mesh published last is in force until it answers")).toBe(1);
});

test("a gateway that cannot use what is published starts with its own file, and says why", async () => {
  const publisher = await publish("allow", NOT_HERE);
  const follower = await follow();
  expect(await follower.status()).toBe(403);
  expect(logged("cannot be used here")).toBe(1);
  await publisher.save("allow");
  await expect.poll(() => follower.status()).toBe(503);
});

test("what is kept holds no secret and is for this user's eyes; where nothing can be kept, it is said once", async () => {
  const publisher = await publish("allow");
  const kept = join(folder, "own", ".fmesh", "followed");
  const follower = await follow();
  await expect.poll(() => readdir(kept).catch(() => [])).toEqual(["main.json"]);
  const text = await Bun.file(join(kept, "main.json")).text();
  expect(text).toContain("$SHOP_SECRET");
  expect((await Bun.file(join(kept, "main.json")).stat()).mode & 0o777).toBe(0o600);
  await rm(kept, { recursive: true });
  await writeFile(kept, "no folder");
  await publisher.save("authenticated");
  await expect.poll(() => follower.status()).toBe(401);
  await expect.poll(() => logged("cannot be kept")).toBe(1);
  await follower.close();
  await publisher.close();
  expect(await (await follow()).status()).toBe(403);
  expect(logged("cannot be read")).toBe(1);
});
