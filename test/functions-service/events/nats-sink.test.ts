import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Notice } from "../../../functions-service/events/cloud-event.ts";
import { natsSink } from "../../../functions-service/events/nats-sink.ts";
import { natsBroker } from "../../../mesh/broker/nats-bun.ts";
import { type Broker, EMPTY_MESSAGE, type IncomingMessage } from "../../../mesh/broker.ts";
import { CloseStack } from "../../../mesh/lifecycle.ts";
import { jsonLog, silentLog } from "../../../mesh/log.ts";
import { type BrokerUnderTest, brokersUnderTest, useNats } from "../../support/nats.ts";
import { invocation, notice } from "./events.ts";

const { signal } = new AbortController();

describe.each(brokersUnderTest())("events on NATS (%s)", (kind) => {
  let stack: CloseStack;
  let server: BrokerUnderTest;
  let broker: Broker;

  beforeEach(async () => {
    stack = new CloseStack();
    server = await useNats(kind, { maxPayloadBytes: 32_768 });
    stack.defer(() => server.stop());
    const connection = natsBroker({ url: server.tcpUrl, name: "events", log: silentLog });
    stack.use(connection);
    await connection.connect();
    broker = connection;
  });
  afterEach(() => stack.close());

  async function listen(subject = "events.shop.>"): Promise<IncomingMessage[]> {
    const heard: IncomingMessage[] = [];
    broker.subscribe(subject, {}, (message) => void heard.push(message));
    await broker.flush();
    return heard;
  }

  test("an event arrives at its subject, its attributes in headers of the CloudEvents binding", async () => {
    const heard = await listen();
    const event = invocation({ traceId: "0af7651916cd43dd8448eb211c80319c", payload: { name: "é" } });
    const delivery = await natsSink({ broker, log: silentLog }).publish([notice(event, 7)], signal);
    expect(delivery).toEqual({ confirmed: [7], failure: undefined });
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    const [message] = heard;
    expect(message?.subject).toBe("events.shop.adder.add.pending");
    expect(message?.headers).toMatchObject({
      "ce-specversion": "1.0",
      "ce-id": `${event.id}.pending`,
      "ce-source": "/projects/shop/services/adder/functions/add",
      "ce-type": "dev.functionsmesh.invocation.started.v1",
      "ce-subject": event.id,
      "ce-time": "2026-11-20T10:00:00.000Z",
      "ce-datacontenttype": "application/json",
      traceparent: expect.stringContaining("0af7651916cd43dd8448eb211c80319c"),
    });
    expect(JSON.parse(new TextDecoder().decode(message?.payload))).toMatchObject({
      id: event.id,
      payload: { name: "é" },
    });
  });

  test("header values hold what is not printable ASCII in percent encoding", async () => {
    const heard = await listen();
    const odd = notice(invocation({ id: 'a "b" 50% é\n' }));
    await natsSink({ broker, log: silentLog }).publish([odd], signal);
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    expect(heard[0]?.headers["ce-subject"]).toBe("a%20%22b%22%2050%25%20%C3%A9%0A");
  });

  test("an event larger than the broker's messages is left out and logged, and holds up nobody", async () => {
    const heard = await listen();
    const lines: string[] = [];
    const large = notice(invocation({ payload: "x".repeat(100_000) }), 1);
    const small = notice(invocation(), 2);
    const sink = natsSink({ broker, log: jsonLog((line) => void lines.push(line)) });
    expect((await sink.publish([large, small], signal)).confirmed).toEqual([1, 2]);
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    expect(lines).toEqual([expect.stringContaining(large.eventId)]);
  });

  test("of what nobody listens to, one notice of each subject is made", async () => {
    const heard = await listen("events.shop.adder.sub.*");
    const lines: string[] = [];
    const unasked = Array.from({ length: 20 }, (_, n) => notice(invocation({ source: "adder.add" }), n + 1));
    const asked = Array.from({ length: 20 }, (_, n) => notice(invocation({ source: "adder.sub" }), n + 21));
    const made = vi.fn<(id: string) => void>();
    const notices = [...unasked, ...asked].map((each) => watched(each, made));
    const sink = natsSink({ broker, log: jsonLog((line) => void lines.push(line)) });
    expect((await sink.publish(notices, signal)).confirmed).toHaveLength(40);
    await vi.waitFor(() => expect(heard).toHaveLength(20));
    expect(idsOf(heard)).toEqual(asked.map(({ id }) => id));
    expect(made.mock.calls.flat()).toEqual([unasked[0]?.id, ...asked.map(({ id }) => id)]);
    expect(lines).toEqual([]);
  });

  test("who listens hears everything once, though it answers, and though others listen", async () => {
    const heard = await listen();
    const also = await listen("events.>");
    broker.subscribe("events.shop.adder.*.pending", { queue: "q" }, (message) => message.reply(EMPTY_MESSAGE));
    await broker.flush();
    const notices = Array.from({ length: 50 }, (_, n) => notice(invocation({ source: `adder.f${n % 7}` }), n));
    await natsSink({ broker, log: silentLog }).publish(notices, signal);
    const ids = notices.map(({ id }) => id).sort();
    await vi.waitFor(() => expect(idsOf(heard).sort()).toEqual(ids));
    await vi.waitFor(() => expect(idsOf(also).sort()).toEqual(ids));
    await broker.flush();
    expect([heard.length, also.length]).toEqual([50, 50]);
  });

  test("who begins to listen hears the next event", async () => {
    const sink = natsSink({ broker, log: silentLog });
    await sink.publish([notice(invocation(), 1)], signal);
    const heard = await listen();
    await sink.publish([notice(invocation(), 2), notice(invocation(), 3)], signal);
    await vi.waitFor(() => expect(heard).toHaveLength(2));
  });

  test("nothing is confirmed while the broker is away", async () => {
    await server.stop();
    await vi.waitFor(() => expect(broker.status).toBe("disconnected"));
    const delivery = await natsSink({ broker, log: silentLog }).publish([notice(invocation())], signal);
    expect(delivery).toMatchObject({ confirmed: [], failure: { code: "broker_unavailable" } });
  });
});

function idsOf(heard: readonly IncomingMessage[]): string[] {
  return heard.map(({ headers }) => String(headers["ce-id"]));
}

/** The same notice; tells when its event is asked for. */
function watched(told: Notice, made: (id: string) => void): Notice {
  const { sequence, id, project, eventId, routingKey } = told;
  return {
    ...{ sequence, id, project, eventId, routingKey },
    get event() {
      made(id);
      return told.event;
    },
  };
}
