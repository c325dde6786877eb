import { afterAll, expect, test } from "vitest";
import { createFunctionsApp } from "../../../functions-service/app.ts";
import { startRecorder } from "../../../functions-service/events/recorder.ts";
import { openSqliteStore } from "../../../functions-service/runtime/sqlite.ts";
import type { StoredEvent } from "../../../mesh/event.ts";
import { silentLog } from "../../../mesh/log.ts";
import { defineService } from "../../../worker-service/service.ts";
import { meshForSuite } from "../../gateway/calling.ts";
import { PROJECT, PROJECT_SECRET } from "../../support/mesh.ts";
import { EVENTS, FUNCTIONS, hello } from "./use-api.ts";

const store = await openSqliteStore(":memory:", silentLog);
afterAll(() => store.close());
const fetchFunction = { rule: "authenticated", record: "result" };
const mesh = meshForSuite({
  kind: "embedded",
  config: {
    projects: [
      { id: PROJECT, secret: PROJECT_SECRET, services: { functions: { functions: { fetch: fetchFunction } } } },
    ],
  },
  services: [
    defineService("functions", createFunctionsApp({ store, project: PROJECT }).fetch),
    defineService("hello", { handler: () => "hello" }),
  ],
});

test("where requests to the API are recorded, an invocation is recorded beside its request, and once", async () => {
  const broker = await mesh().connect();
  const recorder = await startRecorder({ broker, project: PROJECT, journal: store.journal, log: silentLog });
  const headers = { Authorization: `Bearer ${await mesh().token()}` };
  const send = (path: string, body: unknown): Promise<Response> =>
    fetch(mesh().url + path, { method: "POST", headers, body: JSON.stringify(body) });
  const { id } = (await (await send(FUNCTIONS, hello)).json()) as { id: string };
  const called = await send(`${FUNCTIONS}/invoke/${id}`, { data: 1 });
  expect(await called.json()).toBe("hello");
  const listed = await fetch(`${mesh().url}${EVENTS}?status=SUCCESS`, { headers });
  const events = (await listed.json()) as StoredEvent[];
  expect(events.map(({ source }) => source).sort()).toEqual(["functions.fetch", "functions.fetch", "hello"]);
  const [recorded] = events.filter(({ source }) => source === "hello");
  expect(recorded).toMatchObject({ id: called.headers.get("Fmesh-Invocation-Id"), payload: 1, response: "hello" });
  await recorder.close();
});
