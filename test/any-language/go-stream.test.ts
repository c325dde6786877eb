import { beforeEach, describe, expect, test } from "vitest";
import { Caller } from "../../mesh/caller.ts";
import { callNative, meshForSuite } from "../gateway/calling.ts";
import { errorOf } from "../mesh/error-of.ts";
import type { RunningCommand } from "../support/fmesh.ts";
import { useGoPrograms } from "../support/go.ts";
import { PROJECT, shopConfig } from "../support/mesh.ts";
import { brokersUnderTest } from "../support/nats.ts";
import { startForeignWorker } from "./foreign-worker.ts";

const program = useGoPrograms("worker");

describe.each(brokersUnderTest())("streams of a worker in Go over %s", (kind) => {
  const limits = { limits: { maxBodyBytes: 8_000_000 } };
  const mesh = meshForSuite({ kind, config: shopConfig({ greeter: { default: "allow" } }, { gateway: limits }) });
  let worker: RunningCommand;
  beforeEach(async () => {
    worker = await startForeignWorker([program("worker")], mesh());
  });

  const called = (name: string, params: unknown, options = {}): Promise<unknown> =>
    new Caller(mesh().workers, PROJECT).call("greeter", name, params, options);
  const streamed = async (params: unknown, options = {}): Promise<AsyncIterable<unknown>> =>
    (await called("count", params, options)) as AsyncIterable<unknown>;

  const overHttp = (name: string, params: unknown, accept = "*/*"): Promise<Response> =>
    callNative(mesh(), `greeter/${name}`, { body: JSON.stringify(params), headers: { Accept: accept } });

  test.each([
    ["text/event-stream", "data: 1\n\ndata: 2\n\ndata: 3\n\nevent: end\ndata: null\n\n"],
    ["application/x-ndjson", "1\n2\n3\n"],
    ["application/json", "[1,2,3]"],
  ])("the gateway hands its items on as %s", async (accept, text) => {
    const response = await overHttp("count", { to: 3 }, accept);
    expect([response.status, response.headers.get("Content-Type")]).toEqual([200, accept]);
    expect(await response.text()).toBe(text);
  });

  test("what goes wrong midway is an event at the gateway", async () => {
    const response = await overHttp("count", { to: 5, failAt: 2 }, "text/event-stream");
    expect(await response.text()).toMatch(/^data: 1\n\nevent: error\ndata: \{.*"reason":"unlucky_number".*\}\n\n$/);
  });

  test("an HTTP caller who goes away ends it", async () => {
    const response = await overHttp("count", { to: 1e9 }, "text/event-stream");
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    expect(await worker.until(/counting ended/)).toMatch(/counting ended at \d+: context canceled/);
  });

  test("bodies larger than a message pass the gateway in both directions", async () => {
    const name = "A".repeat(3_000_000);
    const response = await overHttp("greet", { name });
    expect(await response.json()).toMatchObject({ greeting: `Hello, ${name}` });
  });

  test("items arrive in order, many windows of them", async () => {
    const items: unknown[] = [];
    for await (const item of await streamed({ to: 100_000 })) items.push(item);
    expect(items).toEqual(Array.from({ length: 100_000 }, (_, index) => index + 1));
  });

  test("an empty stream ends", async () => {
    const items: unknown[] = [];
    for await (const item of await streamed({ to: 0 })) items.push(item);
    expect(items).toEqual([]);
  });

  test("what goes wrong midway reaches the reader after what came before", async () => {
    const items: unknown[] = [];
    const error = await errorOf(
      (async () => {
        for await (const item of await streamed({ to: 5, failAt: 3 })) items.push(item);
      })(),
    );
    expect(items).toEqual([1, 2]);
    expect(error).toMatchObject({ code: "function_failed", status: 422, reason: "unlucky_number" });
  });

  test("a reader who stops reading ends it", async () => {
    for await (const item of await streamed({ to: 1e9 })) if (item === 3) break;
    expect(await worker.until(/counting ended/)).toMatch(/counting ended at \d+: context canceled/);
  });

  test("it outlives the deadline of the call, and waits for a slow reader meanwhile", async () => {
    const items = (await streamed({ to: 1e9 }, { timeoutMs: 1_000 }))[Symbol.asyncIterator]();
    await items.next();
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(worker.output()).not.toContain("counting ended");
    expect(await items.next()).toEqual({ done: false, value: 2 });
    await items.return?.();
    await worker.until(/counting ended at \d+: /);
  });

  test("a result larger than a message arrives as one value", async () => {
    expect(await called("paint", {})).toBe("blue ".repeat(1_000_000));
  });

  test("params larger than a message reach it", async () => {
    const name = "A".repeat(3_000_000);
    expect(await called("greet", { name })).toMatchObject({ greeting: `Hello, ${name}` });
  });

  test("SIGTERM lets a stream go on to its end", async () => {
    const items = (await streamed({ to: 100_000 }))[Symbol.asyncIterator]();
    await items.next();
    const ended = worker.stop("SIGTERM");
    let last: unknown;
    for (let item = await items.next(); item.done !== true; item = await items.next()) last = item.value;
    expect(last).toBe(100_000);
    expect(await ended).toBe(0);
  });
});
