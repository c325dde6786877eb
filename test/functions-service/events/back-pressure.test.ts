import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openFunctionsService } from "../../../functions-service/runtime/bun.ts";
import type { Store } from "../../../functions-service/store.ts";
import { CloseStack } from "../../../mesh/lifecycle.ts";
import { silentLog } from "../../../mesh/log.ts";
import { defineService } from "../../../worker-service/service.ts";
import { PROJECT, type TestMesh, startTestMesh } from "../../support/mesh.ts";
import { START_MS, useRabbitmq } from "../../support/rabbitmq.ts";
import { sqlitePlace } from "../store-place.ts";
import { backlogOf, untilTold, withoutRepetitions } from "./events.ts";
import { bindQueue, idsOf, takeAll } from "./receiver.ts";

const QUEUE = "all";
const MAX_BACKLOG = 40;

const rabbitmq = useRabbitmq();
const release = Promise.withResolvers<void>();

let stack: CloseStack;
let mesh: TestMesh;
let store: Store;

beforeEach(async () => {
  stack = new CloseStack();
  const place = stack.use(await sqlitePlace());
  store = await place.open();
  await bindQueue(rabbitmq.server.url, { queue: QUEUE });
  const recorded = { rule: "allow", record: { mode: "full", required: true } };
  const optional = { rule: "allow", record: { mode: "full", required: false } };
  const work = defineService("work", {
    add: ({ n }: { n: number }) => ({ n }),
    note: ({ n }: { n: number }) => ({ n }),
    wait: () => release.promise.then(() => "waited"),
  });
  mesh = await startTestMesh({
    kind: "embedded",
    services: [work],
    config: {
      projects: [{ id: PROJECT, services: { work: { functions: { add: recorded, wait: recorded, note: optional } } } }],
    },
  });
  stack.defer(() => mesh.stop());
  const service = stack.use(
    await openFunctionsService({
      databaseUrl: `sqlite:${place.url}`,
      rabbitmqUrl: rabbitmq.server.url,
      maxBacklog: MAX_BACKLOG,
      broker: await mesh.connect(),
      log: silentLog,
      version: "0.0.0",
    }),
  );
  stack.use(await service.openProject(PROJECT));
});
afterEach(() => stack.close());

function call(name: string, n = 0): Promise<Response> {
  return fetch(new URL(`/v1/call/${PROJECT}/work/${name}`, mesh.url), {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Request-Timeout": "60" },
    body: JSON.stringify({ n }),
  });
}

/** Calls until one is answered so. Gives that answer, and how many were answered with 200 before. */
async function callUntil(status: number): Promise<{ response: Response; successes: number }> {
  for (let successes = 0; ; successes++) {
    const response = await call("add", successes);
    if (response.status === status) return { response, successes };
    expect(response.status).toBe(200);
    await response.arrayBuffer();
  }
}

test(
  "while RabbitMQ is away and enough waits for it, required calls are refused and running ones end; all goes on when it is back",
  async () => {
    expect((await call("add")).status).toBe(200);
    await untilTold(store.journal);
    await rabbitmq.server.kill();
    const running = Array.from({ length: 5 }, () => call("wait"));
    await vi.waitFor(async () => expect(await backlogOf(store.journal, "rabbitmq")).toBe(5), { timeout: START_MS });
    const { response, successes } = await callUntil(503);
    expect(successes).toBeGreaterThan(0);
    expect(response.headers.get("Retry-After")).not.toBeNull();
    expect(await response.json()).toMatchObject({ code: "overloaded" });

    await store.journal.project();
    const { end } = await store.journal.bounds();
    const refused = await Promise.all(Array.from({ length: 100 }, () => call("add")));
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([503]));
    const unrecorded = await Promise.all(Array.from({ length: 20 }, () => call("note")));
    expect(new Set(unrecorded.map(({ status }) => status))).toEqual(new Set([200]));
    await store.journal.project();
    expect((await store.journal.bounds()).end).toBe(end);
    release.resolve();
    for (const answer of await Promise.all(running)) expect(answer.status).toBe(200);
    // A batch may go beyond it, and whatever runs may end.
    expect(await backlogOf(store.journal, "rabbitmq")).toBeLessThan(2 * MAX_BACKLOG);
    const { items } = await store.events.list(PROJECT, { source: "work.wait" }, { limit: 10 });
    expect(items.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => "SUCCESS"));

    await rabbitmq.server.start();
    await vi.waitFor(async () => expect((await call("add")).status).toBe(200), { timeout: START_MS, interval: 50 });
    await untilTold(store.journal, { timeout: START_MS });
    const told = withoutRepetitions(idsOf(await takeAll(rabbitmq.server.url, QUEUE)));
    const events = await store.events.list(PROJECT, {}, { limit: 1000 });
    expect(events.items.filter(({ status }) => status === "PENDING")).toEqual([]);
    expect(told).toHaveLength(2 * events.items.length);
  },
  3 * START_MS,
);
