import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createFunctionsApp } from "../../functions-service/app.ts";
import { startRecorder } from "../../functions-service/events/recorder.ts";
import { openSqliteStore } from "../../functions-service/runtime/sqlite.ts";
import type { Journal, Store } from "../../functions-service/store.ts";
import { MeshError } from "../../mesh/errors.ts";
import { type Closable, CloseStack } from "../../mesh/lifecycle.ts";
import { silentLog } from "../../mesh/log.ts";
import { FUNCTIONS_SERVICE } from "../../mesh/names.ts";
import { defineService } from "../../worker-service/service.ts";
import { PROJECT, type TestMesh, shopConfig, startTestMesh } from "../support/mesh.ts";
import { callNative } from "./calling.ts";

const RECORDED = { rule: { rule: "allow" }, record: "full" };

let parts: CloseStack;
let store: Store;
let mesh: TestMesh;
let folder: string;

beforeEach(async () => {
  parts = new CloseStack();
  folder = await mkdtemp(join(tmpdir(), "record-shipping-"));
  parts.defer(() => rm(folder, { recursive: true }));
  store = parts.use(await openSqliteStore(":memory:", silentLog));
  mesh = await start();
});
afterEach(() => parts.close());

async function start(): Promise<TestMesh> {
  const app = createFunctionsApp({ store, project: PROJECT });
  const services = [
    defineService("pay", { charge: ({ cents }: { cents: number }) => ({ paid: cents }), maybe: () => "maybe" }),
    defineService(FUNCTIONS_SERVICE, (request, context) => app.fetch(request, context)),
  ];
  const config = shopConfig({}, { gateway: { records: { folder } } });
  const [project] = config["projects"] as [Record<string, unknown>];
  const maybe = { rule: { rule: "allow" }, record: { mode: "result", required: false } };
  const all = { functions: { default: { rule: { rule: "allow" } } } };
  project["services"] = { pay: { functions: { charge: RECORDED, maybe } }, [FUNCTIONS_SERVICE]: all };
  const started = await startTestMesh({ kind: "embedded", config, services });
  parts.defer(() => started.stop());
  return started;
}

async function record(append: Journal["append"] = store.journal.append.bind(store.journal)): Promise<Closable> {
  return startRecorder({ broker: await mesh.connect(), project: PROJECT, journal: { append }, log: silentLog });
}

function charge(cents: number): Promise<Response> {
  const headers = { "Content-Type": "application/json" };
  return callNative(mesh, "pay/charge", { body: JSON.stringify({ cents }), headers });
}

/** How many records the API gives, by status. */
async function recorded(): Promise<Record<string, number>> {
  const token = await mesh.token({ id: "u1", role: "admin" });
  const response = await fetch(`${mesh.url}/api/v3/events?limit=1000`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  expect(response.status).toBe(200);
  const items = (await response.json()) as { status: string }[];
  const counts: Record<string, number> = {};
  for (const { status } of items) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

test("whoever got an answer and asks for its record at once finds it", async () => {
  await record();
  for (let n = 1; n <= 20; n++) {
    expect((await charge(n)).status).toBe(200);
    expect(await recorded()).toEqual({ SUCCESS: n });
  }
});

test("calls go on while the functions service is away, and are recorded when it is back", async () => {
  for (let n = 0; n < 10; n++) expect((await charge(n)).status).toBe(200);
  expect(await recorded()).toEqual({});
  await record();
  await expect.poll(recorded, { timeout: 10_000 }).toEqual({ SUCCESS: 10 });
});

test("what a gateway could not ship the next one on its folder does", async () => {
  expect((await charge(1)).status).toBe(200);
  await mesh.stop();
  expect(await readdir(folder)).toHaveLength(1);
  mesh = await start();
  await record();
  await expect.poll(recorded, { timeout: 10_000 }).toEqual({ SUCCESS: 1 });
});

test("when there is no room for more, calls are refused or go unrecorded, and those that ran are recorded", async () => {
  let isFull = true;
  const refused = Promise.withResolvers<void>();
  await record(async (project, changes) => {
    if (isFull && changes.some(({ change }) => change === "begun")) {
      refused.resolve();
      throw new MeshError("overloaded", "no room");
    }
    await store.journal.append(project, changes);
  });
  expect((await charge(1)).status).toBe(200);
  await refused.promise;
  await expect.poll(async () => (await charge(2)).status).toBe(503);
  const response = await charge(3);
  expect(response.headers.get("Retry-After")).toBe("1");
  expect(await response.json()).toMatchObject({
    code: "overloaded",
    detail: 'calls of "pay.charge" are recorded, and more records wait than there is room for; try again',
  });
  expect(await (await callNative(mesh, "pay/maybe", {})).json()).toBe("maybe");
  isFull = false;
  await expect.poll(async () => (await charge(4)).status, { timeout: 10_000 }).toBe(200);
  const { PENDING, FAILURE, SUCCESS = 0 } = await recorded();
  expect({ PENDING, FAILURE }).toEqual({ PENDING: undefined, FAILURE: undefined });
  expect(SUCCESS).toBeGreaterThanOrEqual(2);
});

test("many calls at once are recorded, each once", async () => {
  await record();
  const statuses = await Promise.all(Array.from({ length: 500 }, async (_, n) => (await charge(n)).status));
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(await recorded()).toEqual({ SUCCESS: 500 });
  const { transitions } = await store.journal.read(0, { limit: 10_000 });
  expect(transitions).toHaveLength(1000);
});
