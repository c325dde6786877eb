import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Broker, IncomingMessage, Message } from "../../mesh/broker.ts";
import { CALL_HEADERS, type Call, type Reply, encodeFailure, encodeReply } from "../../mesh/call.ts";
import { MeshError } from "../../mesh/errors.ts";
import { newCallId } from "../../mesh/ids.ts";
import { cancelSubject, functionSubject, heldSubject, idleSubject } from "../../mesh/subjects.ts";
import { sendCall } from "../../mesh/outgoing-call.ts";
import { streamOf } from "../../mesh/gather.ts";
import { receiveStream } from "../../mesh/stream-consumer.ts";
import { continueTrace } from "../../mesh/trace.ts";
import { brokersUnderTest } from "../support/nats.ts";
import { type BrokerLink, openLink } from "./broker-link.ts";
import { errorOf } from "./error-of.ts";

const TO = { project: "shop", service: "stock", function: "take" };
const SERVED = functionSubject(TO);
const IDLE = idleSubject(TO);
const HELD = heldSubject(TO);

describe.each(brokersUnderTest())("a call over %s", (kind) => {
  let link: BrokerLink;
  let client: Broker;
  let worker: Broker;
  const open: { drain(): Promise<void> }[] = [];

  beforeAll(async () => {
    link = await openLink(kind, "WebSocket");
    [client, worker] = await Promise.all([link.connect(), link.connect()]);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((subscription) => subscription.drain()));
  });
  afterAll(() => link[Symbol.asyncDispose]());

  /** What arrives at a subject, and what is done with the first, the second … */
  const listen = async (subject: string, ...takers: ((message: IncomingMessage) => void)[]): Promise<Arrivals> => {
    const messages: IncomingMessage[] = [];
    let arrived = Promise.withResolvers<void>();
    const subscription = worker.subscribe(subject, {}, (message) => {
      messages.push(message);
      takers[Math.min(messages.length, takers.length) - 1]?.(message);
      arrived.resolve();
      arrived = Promise.withResolvers();
    });
    open.push(subscription);
    await worker.flush();
    return {
      messages,
      end: () => subscription.drain(),
      async until(count) {
        while (messages.length < count) await arrived.promise;
      },
    };
  };
  const send = (call: Partial<Call> = {}, options: { timeoutMs?: number; signal?: AbortSignal } = {}): Promise<Reply> =>
    sendCall(client, TO, callOf(call), { timeoutMs: 10_000, ...options });

  it("that nobody serves goes as it is to who can have it served", async () => {
    const idle = await listen(IDLE, answer("woken"));
    expect(text(await send({ payload: bytes("two") }))).toBe("woken");
    const [message] = idle.messages;
    expect(new TextDecoder().decode(message?.payload)).toBe("two");
    expect(message?.headers[CALL_HEADERS.claims]).toBe(`{"id":"u1"}`);
  });

  it("that nobody serves, and nobody can, fails as it always did", async () => {
    const error = await errorOf(send({}, { timeoutMs: 600_000 }));
    expect(error).toMatchObject({ code: "worker_unavailable", retryAfterSeconds: 1 });
    expect(error.message).toBe(`nobody serves "${SERVED}" at the moment`);
    expect((await errorOf(send({ idempotencyKey: "k" }, { timeoutMs: 600_000 }))).message).toBe(error.message);
  });

  it("that is served goes to nobody else", async () => {
    const idle = await listen(IDLE, answer("woken"));
    await listen(SERVED, answer("warm"));
    expect(text(await send())).toBe("warm");
    expect(idle.messages).toHaveLength(0);
  });

  it("is neither asked about nor sent again without a key, however long it takes", async () => {
    const held = await listen(HELD);
    const served = await listen(SERVED);
    expect(await errorOf(send({}, { timeoutMs: 900 }))).toMatchObject({ code: "deadline_exceeded" });
    expect([served.messages.length, held.messages.length]).toEqual([1, 0]);
  });

  it("with a key waits for whoever holds it", async () => {
    const served = await listen(SERVED);
    const held = await listen(HELD, (message) => message.reply({ payload: bytes(""), headers: {} }));
    const call = send({ id: "c-1", idempotencyKey: "k" });
    await held.until(2);
    expect(held.messages[0]?.headers[CALL_HEADERS.id]).toBe("c-1");
    served.messages[0]?.reply(replyOf("done"));
    expect(text(await call)).toBe("done");
    expect(served.messages).toHaveLength(1);
  });

  it("with a key is sent again when nobody holds it", async () => {
    const lost = (): void => undefined;
    const served = await listen(SERVED, lost, answer("second"));
    const held = await listen(HELD);
    expect(text(await send({ idempotencyKey: "k", payload: bytes("two") }))).toBe("second");
    expect([served.messages.length, held.messages.length]).toEqual([2, 1]);
    const [first, second] = served.messages;
    expect({ ...second?.headers }).toEqual({ ...first?.headers });
    expect(second?.payload).toEqual(first?.payload);
  });

  it("with a key is answered by the first that answers, also when it was thought lost", async () => {
    const served = await listen(
      SERVED,
      () => undefined,
      () => served.messages[0]?.reply(replyOf("the first, late")),
    );
    await listen(HELD);
    expect(text(await send({ idempotencyKey: "k" }))).toBe("the first, late");
  });

  it("with a key whose worker has gone goes to who can have it served", async () => {
    const served = await listen(SERVED);
    const idle = await listen(IDLE, answer("woken"));
    const call = send({ idempotencyKey: "k" });
    await served.until(1);
    await served.end();
    expect(text(await call)).toBe("woken");
    expect(idle.messages).toHaveLength(1);
  });

  it("with a key whose worker has gone fails when nobody else can", async () => {
    const served = await listen(SERVED);
    const call = send({ idempotencyKey: "k" }, { timeoutMs: 600_000 });
    await served.until(1);
    await served.end();
    expect(await errorOf(call)).toMatchObject({ code: "worker_unavailable" });
  });

  it("with a key goes three times at most to workers that know nothing of questions", async () => {
    const served = await listen(SERVED);
    expect(await errorOf(send({ idempotencyKey: "k" }, { timeoutMs: 4_500 }))).toMatchObject({
      code: "deadline_exceeded",
      message: "no answer within 4500 ms; whether the call had an effect is not known",
    });
    expect(served.messages).toHaveLength(3);
  });

  it("with a key that is given up is given up wherever it is", async () => {
    const controller = new AbortController();
    const cancelled = await listen(cancelSubject(TO));
    const served = await listen(
      SERVED,
      () => undefined,
      () => controller.abort(new Error("enough")),
    );
    await listen(HELD);
    const call = send({ id: "c-2", idempotencyKey: "k" }, { signal: controller.signal });
    await expect(call).rejects.toThrow("enough");
    await cancelled.until(1);
    expect(cancelled.messages.map(({ headers }) => headers[CALL_HEADERS.id])).toEqual(["c-2"]);
    expect(served.messages).toHaveLength(2);
  });

  it("whose body is a stream goes to who can have it served, and nowhere a second time", async () => {
    const held = await listen(HELD);
    const taken = await listen(IDLE);
    const stream = { bytes: streamOf(bytes("drop by drop")), lengthBytes: undefined };
    const call = send({ idempotencyKey: "k", stream });
    await taken.until(1);
    const [message] = taken.messages;
    const body = await new Response(receiveStream(worker, message?.headers["Fmesh-Stream"] ?? "")).text();
    message?.reply(replyOf(body));
    expect(text(await call)).toBe("drop by drop");

    const endless = { bytes: new ReadableStream<Uint8Array>(), lengthBytes: undefined };
    const lost = errorOf(send({ idempotencyKey: "k", stream: endless }, { timeoutMs: 900 }));
    expect(await lost).toMatchObject({ code: "deadline_exceeded" });
    expect([taken.messages.length, held.messages.length]).toEqual([2, 0]);
  });

  it("that is refused by whoever can have it served tells what that says", async () => {
    const error = new MeshError("worker_unavailable", `function "stock" does not run`, { retryAfterSeconds: 10 });
    await listen(IDLE, (message) => message.reply(encodeFailure(error, { callId: "" })));
    expect(await errorOf(send())).toMatchObject({ code: "worker_unavailable", message: error.message });
  });
});

interface Arrivals {
  readonly messages: readonly IncomingMessage[];
  until(count: number): Promise<void>;
  end(): Promise<void>;
}

function callOf(given: Partial<Call>): Call {
  const id = newCallId();
  return {
    id,
    deadlineMs: Date.now() + 10_000,
    claimsJson: `{"id":"u1"}`,
    trace: continueTrace(undefined, undefined, undefined),
    requestId: id,
    idempotencyKey: undefined,
    contentType: "text/plain",
    payload: bytes(""),
    ...given,
  };
}

function answer(word: string): (message: IncomingMessage) => void {
  return (message) => message.reply(replyOf(word));
}

function replyOf(word: string): Message {
  return encodeReply({ contentType: "text/plain", payload: bytes(word), handlerMs: undefined });
}

function text({ payload }: Reply): string {
  return new TextDecoder().decode(payload);
}

function bytes(of: string): Uint8Array {
  return new TextEncoder().encode(of);
}
