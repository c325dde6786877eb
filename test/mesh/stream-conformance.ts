import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Broker } from "../../mesh/broker.ts";
import { MeshError } from "../../mesh/errors.ts";
import { gather, streamOf } from "../../mesh/gather.ts";
import { receiveStream } from "../../mesh/stream-consumer.ts";
import { type StreamOffer, offerStream } from "../../mesh/stream-producer.ts";
import { CHUNK_BYTES, WINDOW_BYTES } from "../../mesh/stream.ts";
import type { BrokerKind } from "../support/nats.ts";
import { type BrokerLink, type LinkKind, openLink } from "./broker-link.ts";
import { errorOf } from "./error-of.ts";
import { counted, foreignWriter, sourceOf } from "./stream-sides.ts";

const NOTHING = new Uint8Array(0);
/** Short enough to wait for. */
const IMPATIENT = { keepAliveMs: 20, silenceMs: 100 };
const MANY_BYTES = 100 * 1024 * 1024;

/** What streams promise over every broker and every way to it. */
export function streamConformance(kind: BrokerKind, linkKind: LinkKind): void {
  describe(`streams by ${linkKind} over ${kind}`, () => {
    let link: BrokerLink;
    let here: Broker;
    let there: Broker;
    const offers: StreamOffer[] = [];
    const offer = (...given: Parameters<typeof offerStream> extends [Broker, ...infer Rest] ? Rest : never) => {
      const made = offerStream(there, ...given);
      offers.push(made);
      return made;
    };

    beforeAll(async () => {
      link = await openLink(kind, linkKind);
    });
    beforeEach(async () => {
      [here, there] = await Promise.all([link.connect(), link.connect()]);
      // A call would have come over the connections before.
      await Promise.all([here.flush(), there.flush()]);
    });
    afterEach(async () => {
      for (const made of offers.splice(0)) made.stop(new MeshError("cancelled", "the test is over"));
      await Promise.all([here.close(), there.close()]);
    });
    afterAll(() => link[Symbol.asyncDispose]());

    test("bytes arrive in order and whole, whatever pieces they are written in", async () => {
      const sizes = [1, 7, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES + 5, 100, 100, 1_000_000];
      const pieces = sizes.map((size, index) => new Uint8Array(size).map((_, at) => (at * 31 + index) % 251));
      const { subject, done } = offer(sourceOf(pieces));
      const whole = await gather(receiveStream(here, subject), MANY_BYTES);
      expect(Bun.hash(whole)).toBe(Bun.hash(Buffer.concat(pieces)));
      await done;
    });

    test("an empty one ends at once", async () => {
      const { subject, done } = offer(streamOf(NOTHING));
      expect(await gather(receiveStream(here, subject), 0)).toHaveLength(0);
      await done;
    });

    test("its writer is never more than the window and a chunk ahead of a reader that does not read", async () => {
      const source = counted(64);
      const reader = receiveStream(here, offer(source.stream).subject).getReader();
      const limit = WINDOW_BYTES + CHUNK_BYTES;
      await vi.waitFor(() => expect(source.pulledBytes()).toBe(limit));
      let readBytes = 0;
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        readBytes += next.value.length;
        expect(source.pulledBytes() - readBytes).toBeLessThanOrEqual(limit);
      }
      expect(readBytes).toBe(64 * CHUNK_BYTES);
    });

    test("nothing is read from the source before somebody asks", async () => {
      const source = counted(1);
      const { subject } = offer(source.stream);
      await there.flush();
      expect(source.pulledBytes()).toBe(0);
      await receiveStream(here, subject).cancel();
    });

    test("what its source throws arrives after everything before it: hidden, or as it is if it is for callers", async () => {
      for (const [thrown, expected] of [
        [
          new Error("password=hunter2"),
          { code: "internal", message: expect.not.stringContaining("hunter2") as string },
        ],
        [new MeshError("forbidden", "no more for you"), { code: "forbidden", message: "no more for you" }],
      ] as const) {
        const { subject, done } = offer(sourceOf([new Uint8Array(10), new Uint8Array(20)], thrown));
        const reader = receiveStream(here, subject).getReader();
        let bytes = 0;
        const read = async (): Promise<void> => {
          for (;;) bytes += (await reader.read()).value?.length ?? Number.NaN;
        };
        expect(await errorOf(read())).toMatchObject(expected);
        expect(bytes).toBe(30);
        await expect(done).rejects.toBe(thrown);
      }
    });

    test("a failure before the first byte arrives too", async () => {
      const { subject } = offer(sourceOf([], new MeshError("forbidden", "not a single byte")));
      const error = await errorOf(gather(receiveStream(here, subject), MANY_BYTES));
      expect(error.message).toBe("not a single byte");
    });

    test("a reader that cancels ends its source, also one that waits, and is sent nothing more", async () => {
      const source = counted(1);
      const { subject, done } = offer(source.stream);
      const reader = receiveStream(here, subject).getReader();
      await reader.read();
      await reader.cancel();
      expect(await errorOf(done)).toMatchObject({ code: "cancelled" });
      await source.cancelled;
    });

    test("a signal ends the reading with its reason, and the source with it", async () => {
      const controller = new AbortController();
      const source = counted(1);
      const { subject } = offer(source.stream);
      const reader = receiveStream(here, subject, { signal: controller.signal }).getReader();
      await reader.read();
      const reason = new Error("read enough");
      const waiting = reader.read();
      controller.abort(reason);
      await expect(waiting).rejects.toBe(reason);
      await source.cancelled;
    });

    test("a signal that has aborted already reads nothing, and tells the writer", async () => {
      const source = counted(1);
      const { subject } = offer(source.stream);
      const reason = new Error("too late");
      const reader = receiveStream(here, subject, { signal: AbortSignal.abort(reason) }).getReader();
      await expect(reader.read()).rejects.toBe(reason);
      await source.cancelled;
      expect(source.pulledBytes()).toBe(0);
    });

    test("a writer that stops says why", async () => {
      const source = counted(1);
      const offered = offer(source.stream);
      const reader = receiveStream(here, offered.subject).getReader();
      await reader.read();
      offered.stop(new MeshError("cancelled", "the call is over"));
      expect(await errorOf(reader.read())).toMatchObject({ code: "cancelled", message: "the call is over" });
      await source.cancelled;
    });

    test("a part that is lost or comes twice is noticed, and the writer told to stop", async () => {
      for (const numbers of [
        [1, 3],
        [2, 3],
        [1, 1],
      ]) {
        const writer = foreignWriter(there, (ask) => {
          for (const number of numbers) {
            ask.reply({ payload: new Uint8Array(5), headers: { "Fmesh-Seq": String(number) } });
          }
        });
        const error = await errorOf(gather(receiveStream(here, writer.subject), MANY_BYTES));
        expect(error).toMatchObject({
          code: "bad_reply",
          message: expect.stringContaining("did not arrive") as string,
        });
        await writer.cancelled;
      }
    });

    test("a writer in another language may send the last bytes with the end", async () => {
      const writer = foreignWriter(there, (ask) =>
        ask.reply({ payload: new Uint8Array(5), headers: { "Fmesh-Seq": "1", "Fmesh-End": "1" } }),
      );
      expect(await gather(receiveStream(here, writer.subject), MANY_BYTES)).toHaveLength(5);
    });

    test("a subject that nobody serves fails at once", async () => {
      const error = await errorOf(gather(receiveStream(here, "nobody.offers.this"), MANY_BYTES));
      expect(error).toMatchObject({ code: "bad_reply", message: expect.stringContaining("has gone") as string });
    });

    test("a writer that says nothing for too long is given up", async () => {
      const writer = foreignWriter(there, () => undefined);
      const stream = receiveStream(here, writer.subject, { times: IMPATIENT });
      expect((await errorOf(gather(stream, MANY_BYTES))).message).toContain("fell silent");
    });

    test("a reader that says nothing for too long is given up, and the source cancelled", async () => {
      const source = counted(64);
      const { subject, done } = offer(source.stream, { times: IMPATIENT });
      there.publish(subject, { payload: NOTHING, headers: { "Fmesh-Credit": "1" } }, "somewhere.else");
      expect((await errorOf(done)).message).toContain("fell silent");
      await source.cancelled;
    });

    test("a body that nobody asks for is given up, once its patience is over", async () => {
      const source = counted(1);
      const { done } = offer(source.stream, { times: IMPATIENT, patienceMs: 200 });
      const startedAt = performance.now();
      expect(await errorOf(done)).toMatchObject({ code: "cancelled" });
      expect(performance.now() - startedAt).toBeGreaterThan(190);
      await source.cancelled;
    });

    test("two sides that have nothing to say stay together", async () => {
      const times = { keepAliveMs: 50, silenceMs: 1_000 };
      const later = new ReadableStream<Uint8Array>({
        async start(controller) {
          await Bun.sleep(1_500);
          controller.enqueue(new Uint8Array(3));
          controller.close();
        },
      });
      const { subject } = offer(later, { times });
      expect(await gather(receiveStream(here, subject, { times }), 3)).toHaveLength(3);
    });

    test("a reader whose connection closes fails, and one that never read gives its listeners back", async () => {
      const { subject } = offer(counted(1).stream);
      const reader = receiveStream(here, subject).getReader();
      await reader.read();
      const reading = errorOf(reader.read());
      await here.close();
      expect((await reading).message).toContain("the broker went away");
    });

    test("a writer whose connection closes ends its source", async () => {
      const source = counted(1);
      const { subject, done } = offer(source.stream);
      await receiveStream(here, subject).getReader().read();
      const failed = errorOf(done);
      await there.close();
      expect((await failed).message).toContain("lost the broker");
      await source.cancelled;
    });
  });

  if (linkKind === "function calls") return;
  test(`a broker that dies in the middle ends both sides of a stream: ${kind}, by ${linkKind}`, async () => {
    await using link = await openLink(kind, linkKind);
    const [here, there] = await Promise.all([link.connect(), link.connect()]);
    await there.flush();
    const source = counted(1);
    const { subject, done } = offerStream(there, source.stream);
    const reader = receiveStream(here, subject).getReader();
    await reader.read();
    const ended = Promise.all([errorOf(reader.read()), errorOf(done)]);
    await link.stopBroker();
    expect((await ended).map(({ code }) => code)).toEqual(["bad_reply", "bad_reply"]);
    await source.cancelled;
  });
}
