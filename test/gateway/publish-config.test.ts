import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseConfig } from "../../gateway/config.ts";
import { publishConfig } from "../../gateway/runtime/publish-config.ts";
import { type Broker, EMPTY_MESSAGE, type Message } from "../../mesh/broker.ts";
import { natsBroker } from "../../mesh/broker/nats-bun.ts";
import { CloseStack } from "../../mesh/lifecycle.ts";
import { silentLog } from "../../mesh/log.ts";
import { NobodyThere } from "../../mesh/nobody-there.ts";
import { useNats } from "../support/nats.ts";

let parts: CloseStack;
let file: string;
let broker: Broker;

beforeEach(async () => {
  parts = new CloseStack();
  const folder = await mkdtemp(join(tmpdir(), "publish-"));
  parts.defer(() => rm(folder, { recursive: true }));
  file = join(folder, "fmesh.yaml");
  const nats = await useNats("embedded", { maxPayloadBytes: 4096 });
  parts.defer(() => nats.stop());
  const client = parts.use(natsBroker({ url: nats.wsUrl, name: "test", log: silentLog }));
  await client.connect();
  broker = client;
});
afterEach(() => parts.close());

async function publish(text: string): Promise<void> {
  await writeFile(file, text);
  const config = parseConfig(text, { filename: file, env: {} });
  parts.use(publishConfig(config, { configFile: file, env: {}, broker, log: silentLog }));
  await broker.flush();
}

const ask = (): Promise<Message> => broker.request("config.main", EMPTY_MESSAGE, { timeoutMs: 5000 });

test("a configuration without a name to publish it by is nobody's business", async () => {
  await publish("projects: [{ id: shop, services: {} }]");
  await expect(ask()).rejects.toBeInstanceOf(NobodyThere);
});

test("what is asked for is the file as it is now; one that is broken is refused, and so is one that is too large to send", async () => {
  await publish("gateway: { publishAs: main }\nprojects: [{ id: shop, services: {} }]");
  expect(new TextDecoder().decode((await ask()).payload)).toContain('"shop"');
  await writeFile(file, "projects: [{ id: store, services: {} }]");
  expect(new TextDecoder().decode((await ask()).payload)).toContain('"store"');
  for (const text of ["projects: 7", `projects: [{ id: shop, name: ${"x".repeat(5000)}, services: {} }]`]) {
    await writeFile(file, text);
    expect((await ask()).headers["Nats-Service-Error-Code"]).toBe("500");
  }
  await writeFile(file, "projects: [{ id: again, services: {} }]");
  expect(new TextDecoder().decode((await ask()).payload)).toContain('"again"');
});

test("whoever is there before the broker publishes once it is", async () => {
  const later = parts.use(natsBroker({ url: broker.url, name: "later", log: silentLog }));
  await writeFile(file, "gateway: { publishAs: main }\nprojects: [{ id: shop, services: {} }]");
  const config = parseConfig("gateway: { publishAs: main }\nprojects: []", { filename: file, env: {} });
  const connection = Promise.withResolvers<void>();
  const options = { configFile: file, env: {}, broker: later, log: silentLog, connected: connection.promise };
  parts.use(publishConfig(config, options));
  await later.connect();
  connection.resolve();
  await connection.promise;
  await later.flush();
  expect(new TextDecoder().decode((await ask()).payload)).toContain('"shop"');
});
