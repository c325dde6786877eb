import { randomBytes, randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type RabbitmqOptions, rabbitmqSink } from "../../../functions-service/events/rabbitmq.ts";
import { startProjector } from "../../../functions-service/events/projector.ts";
import { Relay } from "../../../functions-service/events/relay.ts";
import type { Sink } from "../../../functions-service/events/sink.ts";
import { openSqliteStore } from "../../../functions-service/runtime/sqlite.ts";
import type { Store } from "../../../functions-service/store.ts";
import { CloseStack } from "../../../mesh/lifecycle.ts";
import { jsonLog, silentLog } from "../../../mesh/log.ts";
import { useRabbitmq } from "../../support/rabbitmq.ts";
import { backlogOf, invocation, misheard, notice, recordInvocations, untilTold } from "./events.ts";
import { bindQueue, idsOf, takeAll, withChannel } from "./receiver.ts";

const rabbitmq = useRabbitmq();
const { signal } = new AbortController();

let stack: CloseStack;
let store: Store;
let queue: string;
let lines: string[];

beforeEach(async () => {
  stack = new CloseStack();
  store = stack.use(await openSqliteStore(":memory:", silentLog));
  queue = `queue-${randomUUID()}`;
  lines = [];
});
afterEach(async () => {
  await stack.close();
  await withChannel(rabbitmq.server.url, (channel) => channel.deleteQueue(queue));
});

const said = (text: string): Promise<void> =>
  vi.waitFor(() => expect(lines.join("\n")).toContain(text), { timeout: 20_000, interval: 10 });

function openSink(options: Partial<RabbitmqOptions> = {}): Sink {
  const log = jsonLog((line) => void lines.push(line));
  return stack.use(rabbitmqSink({ url: rabbitmq.server.url, log, ...options }));
}

async function startRelay(sink: Sink): Promise<Relay> {
  const log = jsonLog((line) => void lines.push(line));
  stack.use(startProjector({ journal: store.journal, log, pollMs: 10 }));
  const relay = stack.use(new Relay({ journal: store.journal, sinks: [sink], log, pollMs: 10 }));
  await relay.start();
  return relay;
}

const untilAllTold = (): Promise<void> => untilTold(store.journal, { timeout: 20_000 });
const backlog = (): Promise<number> => backlogOf(store.journal, "rabbitmq");

test("an event is a persistent CloudEvent on the topic exchange, by project, function and status", async () => {
  await bindQueue(rabbitmq.server.url, { queue, pattern: "shop.adder.*.pending" });
  const event = invocation();
  const told = notice(event, 4);
  expect(await openSink().publish([told], signal)).toEqual({ confirmed: [4], failure: undefined });
  const [message] = await takeAll(rabbitmq.server.url, queue);
  expect(message?.fields).toMatchObject({ exchange: "functions.events", routingKey: "shop.adder.add.pending" });
  expect(message?.properties).toMatchObject({
    contentType: "application/cloudevents+json; charset=utf-8",
    deliveryMode: 2,
    messageId: `${event.id}.pending`,
    correlationId: event.id,
    timestamp: event.startedAt / 1000,
    appId: "functions-mesh",
    headers: { traceparent: expect.stringContaining(event.traceId ?? "") },
  });
  expect(message?.content.toString()).toBe(JSON.stringify(told.event));
});

test("older consumers get the plain event in the queue event-queue", async () => {
  const event = invocation();
  const sink = openSink({ layout: "queue" });
  expect((await sink.publish([notice(event)], signal)).confirmed).toEqual([1]);
  const [message] = await takeAll(rabbitmq.server.url, "event-queue");
  expect(message?.fields).toMatchObject({ exchange: "", routingKey: "event-queue" });
  expect(message?.properties).toMatchObject({ contentType: "application/json", messageId: `${event.id}.pending` });
  expect(JSON.parse(message?.content.toString() ?? "")).toMatchObject({
    id: event.id,
    status: "PENDING",
    payload: { a: 1, b: 2 },
  });
});

test("a thousand invocations arrive once and in order", async () => {
  await bindQueue(rabbitmq.server.url, { queue });
  await startRelay(openSink());
  const expected = await recordInvocations(store.journal, 1000);
  await untilAllTold();
  const ids = idsOf(await takeAll(rabbitmq.server.url, queue));
  expect(ids).toHaveLength(2000);
  expect(misheard(ids, expected)).toEqual([]);
});

test("events that no queue is bound for are dropped by RabbitMQ, and the log says so once", async () => {
  const notices = [1, 2, 3].map((sequence) => notice(invocation(), sequence, "nobody"));
  expect((await openSink().publish(notices, signal)).confirmed).toHaveLength(3);
  expect(lines).toEqual([expect.stringContaining("no queue is bound for events like")]);
});

test("events that no queue is bound for are kept where that is asked for", async () => {
  const told = notice(invocation(), 1, "later");
  const sink = openSink({ keepUnroutable: true });
  const { confirmed, failure } = await sink.publish([told], signal);
  expect(confirmed).toEqual([]);
  expect(failure?.message).toContain('"later.adder.add.pending"');
  await bindQueue(rabbitmq.server.url, { queue, pattern: "later.#" });
  expect((await sink.publish([told], signal)).confirmed).toEqual([1]);
});

test("a full queue that refuses makes events wait; nothing is lost, and all arrive in order when there is room", async () => {
  const settings = { "x-max-length": 10, "x-overflow": "reject-publish" };
  await bindQueue(rabbitmq.server.url, { queue, arguments: settings });
  await startRelay(openSink());
  const expected = await recordInvocations(store.journal, 30);
  await said("a queue they are meant for is full");
  const ids: string[] = [];
  await vi.waitFor(
    async () => {
      ids.push(...idsOf(await takeAll(rabbitmq.server.url, queue)));
      expect(await backlog()).toBe(0);
    },
    { timeout: 30_000, interval: 50 },
  );
  ids.push(...idsOf(await takeAll(rabbitmq.server.url, queue)));
  expect(misheard(ids, expected)).toEqual([]);
}, 60_000);

test("wrong credentials are told of without the password, and events wait", async () => {
  const password = randomBytes(8).toString("hex");
  const url = new URL(rabbitmq.server.url);
  url.password = password;
  await startRelay(openSink({ url: url.href }));
  await recordInvocations(store.journal, 1);
  await said("refuses the user or password");
  expect(lines.join("\n")).not.toContain(password);
  expect(await backlog()).toBe(2);
});

test("a missing virtual host is told of by its name", async () => {
  await startRelay(openSink({ url: `${rabbitmq.server.url}/not%20here` }));
  await recordInvocations(store.journal, 1);
  await said('does not open the virtual host \\"not here\\"');
  expect(await backlog()).toBe(2);
});

test("an exchange of the same name that is made otherwise is told of", async () => {
  await rabbitmq.server.control("add_vhost", "other");
  await rabbitmq.server.control("set_permissions", "-p", "other", "fmesh", ".*", ".*", ".*");
  const url = `${rabbitmq.server.url}/other`;
  await withChannel(url, (channel) => channel.assertExchange("functions.events", "fanout"));
  await startRelay(openSink({ url }));
  await said("is made otherwise");
  expect(lines.join("\n")).toContain("functions.events");
}, 20_000);

test("while RabbitMQ blocks publishers events wait, and a relay that is closed then does not hang", async () => {
  await bindQueue(rabbitmq.server.url, { queue });
  await rabbitmq.server.control("set_vm_memory_high_watermark", "absolute", "1");
  const sink = openSink();
  const relay = await startRelay(sink);
  const expected = await recordInvocations(store.journal, 50);
  await said("RabbitMQ takes no events for now");
  expect(await backlog()).toBe(100);
  await relay.close();
  await sink.close();
  await startRelay(openSink());
  await rabbitmq.server.control("set_vm_memory_high_watermark", "0.4");
  await untilAllTold();
  expect(misheard(idsOf(await takeAll(rabbitmq.server.url, queue)), expected)).toEqual([]);
}, 60_000);

test("a URL that is none of RabbitMQ's is refused without showing it", () => {
  const refuse = (url: string) => () => rabbitmqSink({ url, log: silentLog });
  expect(refuse("http://user:secret@host")).toThrow(TypeError);
  expect(refuse("http://user:secret@host")).not.toThrow(/secret/);
});
