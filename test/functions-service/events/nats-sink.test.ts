import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { eventNotice } from "../../../functions-service/events/cloud-event.ts";
import { natsSink } from "../../../functions-service/events/nats-sink.ts";
import { natsBroker } from "../../../mesh/broker/nats-bun.ts";
import type { Broker, IncomingMessage } from "../../../mesh/broker.ts";
import { CloseStack } from "../../../mesh/lifecycle.ts";
import { jsonLog, silentLog } from "../../../mesh/log.ts";
import { type BrokerUnderTest, brokersUnderTest, useNats } from "../../support/nats.ts";
import { invocation } from "./events.ts";

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

  async function listen(): Promise<IncomingMessage[]> {
    const heard: IncomingMessage[] = [];
    broker.subscribe("events.shop.>", {}, (message) => void heard.push(message));
    await broker.flush();
    return heard;
  }

  test("an event arrives at its subject, its attributes in headers of the CloudEvents binding", async () => {
    const heard = await listen();
    const event = invocation({ traceId: "0af7651916cd43dd8448eb211c80319c", payload: { name: "é" } });
    const notice = { ...eventNotice(event), sequence: 7 };
    const delivery = await natsSink({ broker, log: silentLog }).publish([notice], signal);
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
      "ce-time": event.timestamp,
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
    const notice = { ...eventNotice(invocation({ invocationId: 'a "b" 50% é\n' })), sequence: 1 };
    await natsSink({ broker, log: silentLog }).publish([notice], signal);
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    expect(heard[0]?.headers["ce-subject"]).toBe("a%20%22b%22%2050%25%20%C3%A9%0A");
  });

  test("an event larger than the broker's messages is left out and logged, and holds up nobody", async () => {
    const heard = await listen();
    const lines: string[] = [];
    const large = { ...eventNotice(invocation({ payload: "x".repeat(100_000) })), sequence: 1 };
    const small = { ...eventNotice(invocation()), sequence: 2 };
    const sink = natsSink({ broker, log: jsonLog((line) => void lines.push(line)) });
    expect((await sink.publish([large, small], signal)).confirmed).toEqual([1, 2]);
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    expect(lines).toEqual([expect.stringContaining(large.eventId)]);
  });

  test("nothing is confirmed while the broker is away", async () => {
    const notice = { ...eventNotice(invocation()), sequence: 1 };
    await server.stop();
    await vi.waitFor(() => expect(broker.status).toBe("disconnected"));
    const delivery = await natsSink({ broker, log: silentLog }).publish([notice], signal);
    expect(delivery).toMatchObject({ confirmed: [], failure: { code: "broker_unavailable" } });
  });
});
