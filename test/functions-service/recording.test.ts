import { afterEach, beforeEach, expect, test } from "vitest";
import { startReconciler } from "../../functions-service/events/reconciler.ts";
import { startRecorder } from "../../functions-service/events/recorder.ts";
import { wakingJournal } from "../../functions-service/events/waking-journal.ts";
import { openSqliteStore } from "../../functions-service/runtime/sqlite.ts";
import { noticeOf } from "../../functions-service/events/cloud-event.ts";
import type { Store } from "../../functions-service/store.ts";
import type { Broker } from "../../mesh/broker.ts";
import { EmbeddedBroker } from "../../mesh/broker/embedded.ts";
import { decodeReply } from "../../mesh/call.ts";
import { CloseStack } from "../../mesh/lifecycle.ts";
import { silentLog } from "../../mesh/log.ts";
import { recordSubject } from "../../mesh/subjects.ts";
import { type Beginning, type Ending, encodeBatch } from "../../mesh/recording.ts";
import { LocalServer } from "../../nats-server/local-server.ts";
import { settingsFrom } from "../../nats-server/options.ts";

const BEGAN = Date.parse("2026-01-31T12:00:00.000Z");
const GRACE_MS = 10_000;

let parts: CloseStack;
let store: Store;
let broker: Broker;

beforeEach(async () => {
  parts = new CloseStack();
  store = parts.use(await openSqliteStore(":memory:", silentLog));
  const server = new LocalServer(settingsFrom({ log: silentLog }));
  broker = parts.use(new EmbeddedBroker(server.connect(), { url: "memory:", log: silentLog }));
  parts.use(await startRecorder({ broker, project: "shop", journal: store.journal, log: silentLog }));
});
afterEach(() => parts.close());

function beginning(id: string): Beginning {
  return { id, source: "pay.charge", startedAt: BEGAN, traceId: "t1", deadlineMs: BEGAN + 5000, payload: { cents: 5 } };
}

function ending(id: string, status: Ending["status"] = "SUCCESS"): Ending {
  return {
    id,
    source: "pay.charge",
    startedAt: BEGAN,
    traceId: "t1",
    status,
    endedAt: BEGAN + 12,
    durationMs: 12.5,
    response: "ok",
  };
}

async function send(payload: Uint8Array): Promise<void> {
  decodeReply(await broker.request(recordSubject("shop"), { payload, headers: {} }, { timeoutMs: 5000 }));
}

function batch({ begun = [], ended = [] }: { begun?: Beginning[]; ended?: Ending[] }): Uint8Array {
  return encodeBatch(
    begun.map((each) => JSON.stringify(each)),
    ended.map((each) => JSON.stringify(each)),
  );
}

/** Routing keys of what there is to tell. */
async function told(): Promise<string[]> {
  await store.journal.project();
  const { transitions } = await store.journal.read(0, { limit: 10 });
  return transitions.map((transition) => noticeOf(transition).routingKey);
}

function reconciler(at: number) {
  const found = startReconciler({ ...store, log: silentLog, graceMs: GRACE_MS, now: () => at });
  return parts.use(found);
}

test("a batch is stored when it is acknowledged, each invocation with what is to be told of it", async () => {
  await send(batch({ begun: [beginning("a"), beginning("b")], ended: [ending("a")] }));
  expect(await store.events.get("shop", "a")).toMatchObject({ status: "SUCCESS", durationMs: 12.5, response: "ok" });
  expect(await store.events.get("shop", "b")).toMatchObject({
    status: "PENDING",
    timestamp: "2026-01-31T12:00:00.000Z",
    deadline: "2026-01-31T12:00:05.000Z",
    payload: { cents: 5 },
  });
  expect(await told()).toEqual(["shop.pay.charge.pending", "shop.pay.charge.pending", "shop.pay.charge.success"]);
});

test("a batch that is sent again changes nothing", async () => {
  const whole = batch({ begun: [beginning("a")], ended: [ending("a")] });
  await send(whole);
  await send(whole);
  await send(batch({ ended: [ending("a", "FAILURE")] }));
  expect(await store.events.get("shop", "a")).toMatchObject({ status: "SUCCESS" });
  expect(await told()).toHaveLength(2);
});

test.each([
  ["no JSON", new TextEncoder().encode("{")],
  ["no batch", new TextEncoder().encode("[]")],
  ["a time that is none", batch({ begun: [{ ...beginning("a"), deadlineMs: 9e15 }] })],
  ["an id that is none", batch({ begun: [beginning("a b")] })],
])("%s is refused, and nothing of it is stored", async (_what, payload) => {
  await expect(send(payload)).rejects.toMatchObject({ code: "invalid_request" });
  expect((await store.events.list("shop", {}, { limit: 10 })).items).toEqual([]);
});

test("an invocation whose deadline and grace are over has failed, with an outcome that nobody knows", async () => {
  await send(batch({ begun: [beginning("a")] }));
  expect(await reconciler(BEGAN + 5000 + GRACE_MS).run()).toBe(0);
  expect(await store.events.get("shop", "a")).toMatchObject({ status: "PENDING" });
  expect(await reconciler(BEGAN + 5001 + GRACE_MS).run()).toBe(1);
  const event = await store.events.get("shop", "a");
  expect(event).toMatchObject({ status: "FAILURE", error: { code: "deadline_exceeded" } });
  expect(event?.error?.message).toContain("outcome is unknown");
  expect(await told()).toHaveLength(2);
});

test("a late result wins if it comes before it is given up, and not after", async () => {
  await send(batch({ begun: [beginning("a"), beginning("b")] }));
  await send(batch({ ended: [ending("a")] }));
  expect(await reconciler(BEGAN + 60_000).run()).toBe(1);
  await send(batch({ ended: [ending("b")] }));
  expect(await store.events.get("shop", "a")).toMatchObject({ status: "SUCCESS" });
  expect(await store.events.get("shop", "b")).toMatchObject({ status: "FAILURE" });
});

test("however many are overdue, all of them are ended", async () => {
  const begun = Array.from({ length: 1201 }, (_, n) => beginning(`c${n}`));
  await send(batch({ begun }));
  expect(await reconciler(BEGAN + 60_000).run()).toBe(1201);
  expect(await store.events.overdue(new Date(BEGAN + 60_000), 10)).toEqual([]);
});

test("it looks by itself", async () => {
  await send(batch({ begun: [beginning("a")] }));
  const settled = Promise.withResolvers<void>();
  const journal = wakingJournal(store.journal, settled.resolve);
  const own = startReconciler({ events: store.events, journal, log: silentLog, graceMs: 1, everyMs: 1 });
  await settled.promise;
  await own.close();
  expect(await store.events.get("shop", "a")).toMatchObject({ status: "FAILURE" });
});
