import * as fc from "fast-check";
import { expect, test } from "vitest";
import { MeshError } from "../../../mesh/errors.ts";
import { framed, unframed } from "../../../gateway/runtime/workerd/framed-stream.ts";
import {
  decodeSentCall,
  decodeSentReply,
  encodeSentCall,
  encodeSentError,
  encodeSentReply,
} from "../../../gateway/runtime/workerd/wire.ts";

const CALL = {
  id: "c1",
  requestId: "r1",
  deadlineMs: 5,
  claimsJson: '{"name":"Žofie ✓"}',
  trace: { traceId: "1", spanId: "2", flags: "01", header: "00-1-2-01", state: undefined, baggage: "a=ž" },
  idempotencyKey: undefined,
  contentType: "text/plain",
  httpHead: undefined,
};
const SENT = {
  address: { project: "shop", service: "probe", function: "echo" },
  isNamed: true,
  isRecordable: false,
};

async function throughRequest(payload: Uint8Array): Promise<Uint8Array> {
  const init = encodeSentCall({ ...SENT, call: { ...CALL, payload } });
  const { call, ...about } = await decodeSentCall(new Request("http://link/send", init));
  expect(about).toEqual(SENT);
  expect(call).toMatchObject({
    id: "c1",
    claimsJson: CALL.claimsJson,
    contentType: "text/plain",
    trace: { baggage: "a=ž" },
  });
  return call.payload;
}

async function throughResponse(payload: Uint8Array): Promise<Uint8Array> {
  const response = encodeSentReply({ contentType: "text/plain", handlerMs: 1.5, payload }, () => undefined);
  const reply = await decodeSentReply(response);
  expect(reply).toMatchObject({ contentType: "text/plain", handlerMs: 1.5 });
  return reply.payload;
}

test.each([
  ["nothing", []],
  ["text", [...new TextEncoder().encode('{"a":"ž\\n✓"}')]],
  ["what begins with a byte order mark", [0xef, 0xbb, 0xbf, 65]],
  ["bytes that are no text", [0, 255, 254, 10]],
  ["a long text", Array.from({ length: 5000 }, () => 65)],
])("%s arrives as it was, both ways", async (_what, bytes) => {
  expect([...(await throughRequest(Uint8Array.from(bytes)))]).toEqual(bytes);
  expect([...(await throughResponse(Uint8Array.from(bytes)))]).toEqual(bytes);
});

test("a stream in frames comes out as it went in, however it is cut on its way", async () => {
  const chunk = fc.uint8Array({ minLength: 1, maxLength: 300 });
  await fc.assert(
    fc.asyncProperty(fc.array(chunk, { maxLength: 8 }), fc.integer({ min: 1, max: 50 }), async (chunks, cut) => {
      const whole = await new Response(framed(streamOf(chunks))).bytes();
      const pieces = Array.from({ length: Math.ceil(whole.length / cut) }, (_, n) =>
        whole.slice(n * cut, (n + 1) * cut),
      );
      const out = await new Response(unframed(streamOf(pieces))).bytes();
      expect([...out]).toEqual(chunks.flatMap((each) => [...each]));
    }),
  );
});

test("a stream that fails does so with its own error at the other end, after what came before", async () => {
  const failing = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(Uint8Array.of(1, 2)),
    pull: () => {
      throw new MeshError("function_failed", "no more today", { status: 409, reason: "closed" });
    },
  });
  const reader = unframed(framed(failing)).getReader();
  expect((await reader.read()).value).toEqual(Uint8Array.of(1, 2));
  await expect(reader.read()).rejects.toMatchObject({ code: "function_failed", status: 409, reason: "closed" });
});

test("a stream whose end never comes is told from one that has ended", async () => {
  const whole = await new Response(framed(streamOf([Uint8Array.of(1, 2, 3)]))).bytes();
  const reader = unframed(streamOf([whole.slice(0, -1)])).getReader();
  expect((await reader.read()).value).toEqual(Uint8Array.of(1, 2, 3));
  await expect(reader.read()).rejects.toMatchObject({ code: "bad_reply" });
});

test("the end of a reply is told once: when it is read, or when nobody wants it any more", async () => {
  let ends = 0;
  const reply = { contentType: "text/plain", handlerMs: undefined, payload: new Uint8Array(0) };
  const streamed = (): Response =>
    encodeSentReply(
      { ...reply, stream: { bytes: streamOf([Uint8Array.of(1)]), lengthBytes: 1 } },
      () => void (ends += 1),
    );
  const read = streamed();
  expect(ends).toBe(0);
  await read.bytes();
  expect(ends).toBe(1);
  await streamed().body?.cancel();
  expect(ends).toBe(2);
});

test("an error arrives as it was, with what its sender has for the log", async () => {
  const error = new MeshError("overloaded", "too much", { retryAfterSeconds: 3, cause: new Error("hidden") });
  await expect(decodeSentReply(encodeSentError(error))).rejects.toMatchObject({
    code: "overloaded",
    message: "too much",
    status: 503,
    retryAfterSeconds: 3,
    cause: expect.objectContaining({ message: "Error: hidden" }) as unknown,
  });
});

function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}
