import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MeshError } from "../../mesh/errors.ts";
import { errorOf } from "../mesh/error-of.ts";
import { recordingLog } from "../mesh/recording-log.ts";
import { type BrokerKind, brokersUnderTest } from "../support/nats.ts";
import { type Hosted, type ServiceMesh, openServiceMesh } from "./service-mesh.ts";
import { type Ending, newEnding, streamingFunctions } from "./streaming-functions.ts";

type Items = AsyncIterable<unknown>;

async function all(items: unknown): Promise<unknown[]> {
  const list: unknown[] = [];
  for await (const item of items as Items) list.push(item);
  return list;
}

let ending: Ending;

const { log, untilSaid } = recordingLog();

describe.each(brokersUnderTest())("a function that streams over %s", (kind: BrokerKind) => {
  let mesh: ServiceMesh;
  let hosted: Hosted;
  const call = (name: string, params?: unknown, options: Parameters<ServiceMesh["call"]>[3] = {}) =>
    mesh.call("streams", name, params, options);

  beforeAll(async () => {
    mesh = await openServiceMesh(kind);
    hosted = await mesh.host(
      "streams",
      streamingFunctions(() => ending),
      { log },
    );
  });
  afterAll(() => mesh[Symbol.asyncDispose]());

  test("gives the items of a generator, in order", async () => {
    const items = await all(await call("count", { to: 2_000 }));
    expect(items).toEqual(Array.from({ length: 2_000 }, (_, index) => ({ number: index + 1 })));
  });

  test("gives the items of a ReadableStream; what JSON does not know is null", async () => {
    expect(await all(await call("stream"))).toEqual(["a", null, null]);
  });

  test("gives bytes as bytes", async () => {
    const chunks = (await all(await call("bytes"))) as Uint8Array[];
    const whole = Buffer.concat(chunks);
    expect([whole.length, whole.at(0), whole.at(-1)]).toEqual([100_001, 1, 2]);
  });

  test("may give no item at all", async () => {
    expect(await all(await call("empty"))).toEqual([]);
  });

  test("a value larger than a message is one value on both sides", async () => {
    expect(await call("large")).toHaveLength(3_000_000);
    expect(await call("length", "y".repeat(3_000_000))).toBe(3_000_000);
  });

  test("that fails before its first item fails like any other", async () => {
    expect(await errorOf(call("failsFirst"))).toMatchObject({
      status: 409,
      reason: "closed",
      message: "no items today",
    });
  });

  test("that fails later gives what came before, and then the error", async () => {
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const item of (await call("failsLater")) as Items) seen.push(item);
    })();
    expect(await errorOf(reading)).toMatchObject({
      code: "function_failed",
      status: 409,
      message: "no more items today",
      reason: "closed",
      data: { until: "May" },
    });
    expect(seen).toEqual([1]);
  });

  test("that breaks later tells its log why, and its caller nothing", async () => {
    const error = await errorOf(all(await call("breaks")));
    expect(error).toMatchObject({ code: "function_failed", status: 500 });
    expect(JSON.stringify(error) + error.message).not.toContain("hunter2");
    expect(await untilSaid("the call failed")).toBeDefined();
  });

  test("of items and then bytes fails, and its generator ends", async () => {
    ending = newEnding();
    expect(await errorOf(all(await call("mixed")))).toMatchObject({ code: "function_failed" });
    await ending.finished.promise;
  });

  test("has each item checked and parsed by its output schema", async () => {
    ending = newEnding();
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const item of (await call("checked")) as Items) seen.push(item);
    })();
    expect(await errorOf(reading)).toMatchObject({ code: "function_failed" });
    expect(seen).toEqual([{ number: 1 }]);
    await ending.finished.promise;
  });

  test("whose first item is not what its schema promises fails at once, and its generator ends", async () => {
    ending = newEnding();
    expect(await errorOf(call("checkedFirst"))).toMatchObject({ code: "function_failed" });
    await ending.finished.promise;
  });

  test.each(["endless", "passOn", "passOnTwice"])("ends when its caller leaves the loop: %s", async (name) => {
    ending = newEnding();
    for await (const item of (await call(name)) as Items) if (item === 3) break;
    await ending.finished.promise;
    expect(await ending.aborted.promise).toMatchObject({ code: "cancelled" });
  });

  test("ends when its caller leaves without having begun", async () => {
    ending = newEnding();
    const items = ((await call("endless")) as Items)[Symbol.asyncIterator]();
    await items.return?.();
    expect(await ending.finished.promise).toBeUndefined();
  });

  test("ends when its caller leaves while it waits for the next item", async () => {
    ending = newEnding();
    const items = ((await call("waits")) as Items)[Symbol.asyncIterator]();
    expect(await items.next()).toEqual({ done: false, value: "first" });
    const waiting = items.next();
    await items.return?.();
    expect(await waiting).toMatchObject({ done: true });
    expect(await ending.aborted.promise).toMatchObject({ code: "cancelled" });
  });

  test("of a stream that waits has it cancelled when its caller leaves", async () => {
    ending = newEnding();
    for await (const item of (await call("waitingStream")) as Items) if (item === 1) break;
    expect(await ending.finished.promise).toBeUndefined();
  });

  test("ends when its caller's signal aborts, with the signal's reason for the caller", async () => {
    ending = newEnding();
    const caller = new AbortController();
    const reason = new Error("changed my mind");
    const items = ((await call("endless", undefined, { signal: caller.signal })) as Items)[Symbol.asyncIterator]();
    await items.next();
    caller.abort(reason);
    await expect(
      (async () => {
        for (;;) if ((await items.next()).done) return;
      })(),
    ).rejects.toBe(reason);
    await ending.finished.promise;
    await ending.aborted.promise;
  });

  test("ends with the call whose handler asked for it and forgot it", async () => {
    ending = newEnding();
    expect(await call("forgets")).toBe("done");
    await ending.finished.promise;
  });

  test("receives items one by one, each checked", async () => {
    const source = (async function* () {
      for (let n = 1; n <= 1_000; n++) yield { n };
    })();
    expect(await call("total", source)).toBe(500_500);
    const bad = (async function* () {
      yield { n: 1 };
      yield { n: "two" };
    })();
    expect(await errorOf(call("total", bad))).toMatchObject({ code: "invalid_request" });
  });

  test("answers items while it still receives them", async () => {
    const { promise: answered, resolve } = Promise.withResolvers<void>();
    const source = (async function* () {
      yield 1;
      await answered;
      yield 2;
    })();
    const seen: unknown[] = [];
    for await (const item of (await call("doubled", source)) as Items) {
      seen.push(item);
      resolve();
    }
    expect(seen).toEqual([2, 4]);
  });

  test("receives bytes, also of a value that is there already", async () => {
    expect(await call("size", new Uint8Array(10))).toBe(10);
    expect(await call("size", new Uint8Array(5_000_000))).toBe(5_000_000);
    expect(await call("size", new Blob([new Uint8Array(2_000_000)]))).toBe(2_000_000);
  });

  test("that does not read what it is sent ends the sending", async () => {
    const { promise: left, resolve } = Promise.withResolvers<void>();
    const source = (async function* () {
      try {
        for (;;) yield new Uint8Array(1000);
      } finally {
        resolve();
      }
    })();
    expect(await call("ignores", source)).toBe("not interested");
    await left;
  });

  test("hears what its caller's items throw", async () => {
    const source = (async function* () {
      yield { n: 1 };
      throw new MeshError("forbidden", "not this one");
    })();
    expect(await errorOf(call("total", source))).toMatchObject({ code: "forbidden", message: "not this one" });
  });

  test("answers a caller that gave no call id in one message", async () => {
    const { payload, contentType, stream } = await mesh.send("streams", "count", JSON.stringify({ to: 3 }));
    expect(stream).toBeUndefined();
    expect(contentType).toBe("application/x-ndjson");
    expect(new TextDecoder().decode(payload)).toBe('{"number":1}\n{"number":2}\n{"number":3}\n');
  });

  test("whose stream is too long for one message tells a caller without call id", async () => {
    ending = newEnding();
    const error = await errorOf(mesh.send("streams", "endless", ""));
    expect(error).toMatchObject({ code: "function_failed", message: expect.stringContaining("larger") as string });
    await ending.finished.promise;
  });

  test("does not go on for a caller without call id whose time is over", async () => {
    ending = newEnding();
    const deadline = { "Fmesh-Deadline": String(Date.now() + 500) };
    mesh.send("streams", "waits", "", deadline).catch(() => undefined);
    expect(await ending.aborted.promise).toMatchObject({ code: "deadline_exceeded" });
  });

  test("outlives the deadline once it has begun, and calls others with a budget of their own", async () => {
    const items = await all(await call("outlives", undefined, { timeoutMs: 500 }));
    // JSON has no word for infinity.
    expect(items).toEqual([true, null, 3, false]);
  });

  test("must begin before the deadline", async () => {
    ending = newEnding();
    expect(await errorOf(call("slowToBegin", undefined, { timeoutMs: 500 }))).toMatchObject({
      code: "deadline_exceeded",
    });
    expect(await ending.aborted.promise).toBeInstanceOf(MeshError);
  });

  test("publishes nothing for a reader that has gone", async () => {
    ending = newEnding();
    const seen: string[] = [];
    for await (const item of (await call("endless")) as Items) if (item === 3) break;
    await ending.finished.promise;
    await ending.aborted.promise;
    // What it had sent until then may still be on its way.
    await hosted.broker.flush();
    const watching = mesh.broker.subscribe("_INBOX.>", {}, ({ subject }) => seen.push(subject));
    await mesh.broker.flush();
    // What the worker sent before this answer would have arrived before it.
    expect(await call("length", "abc")).toBe(3);
    expect(seen).toHaveLength(1);
    await watching.drain();
  });

  test("finishes its streams when it drains", async () => {
    const { promise: held, resolve } = Promise.withResolvers<void>();
    const draining = await mesh.host("draining", {
      count: async function* () {
        yield 1;
        await held;
        yield 2;
      },
    });
    const items = ((await mesh.call("draining", "count")) as Items)[Symbol.asyncIterator]();
    expect(await items.next()).toMatchObject({ value: 1 });
    const drained = draining.drain();
    await draining.broker.flush();
    expect(await errorOf(mesh.call("draining", "count"))).toMatchObject({ code: "worker_unavailable" });
    resolve();
    expect(await items.next()).toMatchObject({ value: 2 });
    expect(await items.next()).toMatchObject({ done: true });
    await drained;
  });
});
