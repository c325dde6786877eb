import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startRecorder } from "../../functions-service/events/recorder.ts";
import { openSqliteStore } from "../../functions-service/runtime/sqlite.ts";
import type { Store } from "../../functions-service/store.ts";
import type { Broker } from "../../mesh/broker.ts";
import { natsBroker } from "../../mesh/broker/nats-bun.ts";
import { CloseStack } from "../../mesh/lifecycle.ts";
import { silentLog } from "../../mesh/log.ts";
import { host } from "../../worker-service/host.ts";
import { defineService } from "../../worker-service/service.ts";
import { bubblewrap } from "../support/bubblewrap.ts";
import { PROJECT_ROOT, type RunningCommand, startCommand } from "../support/fmesh.ts";
import { PROJECT } from "../support/mesh.ts";
import { useNats } from "../support/nats.ts";

/** The disk that the gateway's records are on, in bytes. */
const DISK_BYTES = 1_048_576;
const CONFIG = `gateway: { port: 0, records: { folder: records } }
projects:
  - id: ${PROJECT}
    services:
      pay:
        functions:
          charge: { rule: allow, record: full }
          look: { rule: allow }
`;

let parts: CloseStack;
let broker: Broker;
let store: Store;
let gateway: RunningCommand;
let url: string;

beforeEach(async () => {
  parts = new CloseStack();
  const folder = await mkdtemp(join(tmpdir(), "full-disk-"));
  parts.defer(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "fmesh.yaml"), CONFIG);
  const nats = await useNats("embedded");
  parts.defer(() => nats.stop());
  const client = parts.use(natsBroker({ url: nats.wsUrl, name: "test", log: silentLog }));
  await client.connect();
  broker = client;
  await host(defineService("pay", { charge: () => "paid", look: () => "seen" }), {
    ...{ broker, project: PROJECT, log: silentLog },
  });
  store = parts.use(await openSqliteStore(":memory:", silentLog));
  const disk = ["--size", String(DISK_BYTES), "--tmpfs", join(folder, "records")];
  const boxed = [bubblewrap(), "--die-with-parent", "--dev-bind", "/", "/", ...disk];
  gateway = startCommand([...boxed, process.execPath, join(PROJECT_ROOT, "cli/main.ts"), "gateway", folder], {
    env: { NATS_URL: nats.wsUrl },
  });
  parts.defer(async () => void (await gateway.stop("SIGTERM")));
  const listening = /"message":"gateway is up","url":"([^"]+)"/;
  url = listening.exec(await gateway.until(listening))?.[1] ?? "";
  await gateway.until(/broker connected/);
});
afterEach(() => parts.close());

function call(name: string): Promise<Response> {
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify({ padding: "x".repeat(8000) });
  return fetch(`${url}/v1/call/${PROJECT}/pay/${name}`, { method: "POST", headers, body });
}

test("when the disk is full, calls that have to be recorded are refused; those that ran are recorded once somebody takes their records", async () => {
  let ran = 0;
  let last = await call("charge");
  for (; last.status === 200; last = await call("charge")) {
    ran += 1;
    expect(ran * 8000).toBeLessThan(DISK_BYTES);
  }
  expect(last.status).toBe(503);
  expect(await last.json()).toMatchObject({ code: "overloaded", detail: expect.stringContaining("room") });
  expect(ran).toBeGreaterThan(50);
  expect((await call("look")).status).toBe(200);
  // It is said once, whoever else calls.
  await Promise.all(Array.from({ length: 20 }, () => call("charge")));
  expect(gateway.output().match(/invocations cannot be recorded.*disk of the gateway/g)).toHaveLength(1);

  const { journal } = store;
  parts.use(await startRecorder({ broker, project: PROJECT, journal, log: silentLog }));
  for (const startedAt = Date.now(); (await call("charge")).status !== 200;) {
    expect(Date.now() - startedAt).toBeLessThan(15_000);
  }
  await expect.poll(statuses).toEqual(Array.from({ length: ran + 1 }, () => "SUCCESS"));
});

async function statuses(): Promise<string[]> {
  const { items } = await store.events.list(PROJECT, {}, { limit: 1000 });
  return items.map(({ status }) => status);
}
