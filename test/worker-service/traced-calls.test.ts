import { trace } from "@opentelemetry/api";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Caller } from "../../mesh/caller.ts";
import { continueTrace } from "../../mesh/trace.ts";
import type { Context } from "../../worker-service/context.ts";
import { host } from "../../worker-service/host.ts";
import { PublicError } from "../../worker-service/public-error.ts";
import { defineService } from "../../worker-service/service.ts";
import { type BrokerLink, openLink } from "../mesh/broker-link.ts";
import { recordingLog } from "../mesh/recording-log.ts";
import { type RecordedSpans, recordSpans } from "../mesh/tracing/recorded-spans.ts";

const PROJECT = "shop";

let link: BrokerLink;
let recorded: RecordedSpans;
let caller: Caller;
const { log, lines } = recordingLog();

const service = defineService(
  "shop",
  {
    price: () => ({ cents: 1200 }),
    order: (params: unknown, context: Context) => context.call("shop", "price", params),
    basket: async (params: unknown, context: Context) =>
      await trace.getTracer("own").startActiveSpan("load basket", async (own) => {
        const result = await context.call("shop", "price", params);
        own.end();
        return result;
      }),
    note: (_params: unknown, context: Context) => context.log.info("noted"),
    broken: () => {
      throw new TypeError("the moon is not a number");
    },
    soldOut: () => {
      throw new PublicError("sold out", { status: 409, reason: "sold_out" });
    },
    endless: (_params: unknown, { signal }: Context) =>
      new Promise((resolve) => signal.addEventListener("abort", () => resolve("late"))),
    count: async function* ({ to, failsAt }: { to: number; failsAt?: number }) {
      for (let item = 1; item <= to; item++) {
        if (item === failsAt) throw new TypeError("cannot count any further");
        trace.getTracer("own").startSpan(`item ${item}`).end();
        yield item;
      }
    },
    forever: async function* () {
      for (;;) yield "again";
    },
  },
  { version: "1.2.3" },
);

beforeEach(async () => {
  recorded = recordSpans();
  link = await openLink("embedded", "WebSocket");
  const { tracing } = recorded;
  await host(service, { broker: await link.connect(), project: PROJECT, log, tracing });
  caller = new Caller(await link.connect(), PROJECT, tracing);
});
afterEach(async () => {
  recorded[Symbol.dispose]();
  await link[Symbol.asyncDispose]();
});

test("a call is a span at its caller and one below it at its worker", async () => {
  await caller.call("shop", "price", {}, {});
  expect(recorded.tree()).toEqual(["CLIENT shop/price", "  SERVER shop/price"]);
  expect(recorded.span("SERVER", "shop/price").attributes).toEqual({
    "rpc.system.name": "functions_mesh",
    "rpc.method": "shop/price",
    "fmesh.project": PROJECT,
    "faas.name": "shop.price",
    "faas.version": "1.2.3",
    "faas.coldstart": true,
    "faas.invocation_id": recorded.span("CLIENT", "shop/price").attributes["faas.invocation_id"],
  });
});

test("only a function's first call is a cold start", async () => {
  for (let call = 0; call < 3; call++) await caller.call("shop", "price", {}, {});
  const servers = recorded.spans().filter(({ attributes }) => "faas.coldstart" in attributes);
  expect(servers.map(({ attributes }) => attributes["faas.coldstart"])).toEqual([true, false, false]);
});

test("nested calls are below the call that makes them, the function's own spans between", async () => {
  await caller.call("shop", "order", {}, {});
  await caller.call("shop", "basket", {}, {});
  expect(recorded.tree()).toEqual([
    "CLIENT shop/order",
    "  SERVER shop/order",
    "    CLIENT shop/price",
    "      SERVER shop/price",
    "CLIENT shop/basket",
    "  SERVER shop/basket",
    "    INTERNAL load basket",
    "      CLIENT shop/price",
    "        SERVER shop/price",
  ]);
  expect(new Set(recorded.spans().map((span) => span.spanContext().traceId)).size).toBe(2);
});

test("calls of many callers at once keep their own traces", async () => {
  await Promise.all(Array.from({ length: 50 }, () => caller.call("shop", "basket", {}, {})));
  const traces = Map.groupBy(recorded.spans(), (span) => span.spanContext().traceId);
  expect([...traces.values()].map((spans) => spans.length)).toEqual(Array.from({ length: 50 }, () => 5));
});

test("a call of an unsampled trace has no spans, however deep", async () => {
  const header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
  await caller.call("shop", "order", {}, { trace: continueTrace(header, undefined, undefined) });
  expect(recorded.spans()).toEqual([]);
});

test("the log's lines hold the ids of the trace and of the span", async () => {
  await caller.call("shop", "note", {}, {});
  const { traceId, spanId } = recorded.span("SERVER", "shop/note").spanContext();
  expect(lines).toContainEqual(expect.objectContaining({ message: "noted", traceId, spanId }));
});

describe("a call that fails", () => {
  test("by an error that is thrown has it on the worker's span, and its public face on the caller's", async () => {
    await expect(caller.call("shop", "broken", {}, {})).rejects.toThrow("the function failed");
    expect(recorded.tree()).toEqual([
      "CLIENT shop/broken (failed: function_failed)",
      "  SERVER shop/broken (failed: function_failed)",
    ]);
    const exception = (kind: "CLIENT" | "SERVER"): unknown =>
      recorded.span(kind, "shop/broken").events[0]?.attributes?.["exception.message"];
    expect(exception("SERVER")).toBe("the moon is not a number");
    expect(exception("CLIENT")).not.toContain("moon");
  });

  test("by an error of the caller's making is the caller's failure alone, with the function's word for it", async () => {
    await expect(caller.call("shop", "soldOut", {}, {})).rejects.toThrow("sold out");
    expect(recorded.tree()).toEqual([
      "CLIENT shop/soldOut (failed: function_failed)",
      "  SERVER shop/soldOut (ended: function_failed)",
    ]);
    expect(recorded.span("SERVER", "shop/soldOut").attributes["fmesh.reason"]).toBe("sold_out");
  });

  test("because its time is over", async () => {
    await expect(caller.call("shop", "endless", {}, { timeoutMs: 500 })).rejects.toMatchObject({
      code: "deadline_exceeded",
    });
    await recorded.untilEnded(2);
    expect(recorded.tree()[0]).toBe("CLIENT shop/endless (failed: deadline_exceeded)");
    expect(recorded.tree()[1]).toMatch(/^ {2}SERVER shop\/endless \((failed: deadline_exceeded|ended: cancelled)\)$/);
  });

  test("because its caller gives up", async () => {
    const giveUp = new AbortController();
    const call = caller.call("shop", "endless", {}, { signal: giveUp.signal });
    await caller.call("shop", "price", {}, {});
    giveUp.abort(new Error("changed my mind"));
    await expect(call).rejects.toThrow("changed my mind");
    await recorded.untilEnded(4);
    expect(recorded.tree().filter((line) => line.includes("endless"))).toEqual([
      "CLIENT shop/endless (failed: cancelled)",
      "  SERVER shop/endless (ended: cancelled)",
    ]);
  });

  test("because nobody serves it", async () => {
    await expect(caller.call("nobody", "there", {}, {})).rejects.toMatchObject({ code: "worker_unavailable" });
    expect(recorded.tree()).toEqual(["CLIENT nobody/there (failed: worker_unavailable)"]);
  });
});

describe("the spans of a stream", () => {
  const streamOf = async (name: string, params: unknown = {}): Promise<AsyncIterable<unknown>> =>
    (await caller.call("shop", name, params, {})) as AsyncIterable<unknown>;

  test("end when it has been read, the function's own spans below them", async () => {
    const items = await streamOf("count", { to: 3 });
    expect(recorded.spans().map(({ name }) => name)).not.toContain("shop/count");
    expect(await Array.fromAsync(items)).toEqual([1, 2, 3]);
    await recorded.untilEnded(5);
    expect(recorded.tree()).toEqual([
      "CLIENT shop/count",
      "  SERVER shop/count",
      "    INTERNAL item 1",
      "    INTERNAL item 2",
      "    INTERNAL item 3",
    ]);
  });

  test("fail when it breaks off", async () => {
    await expect(Array.fromAsync(await streamOf("count", { to: 3, failsAt: 3 }))).rejects.toThrow(
      "the function failed",
    );
    await recorded.untilEnded(4);
    expect(recorded.tree().filter((line) => line.includes("count"))).toEqual([
      "CLIENT shop/count (failed: function_failed)",
      "  SERVER shop/count (failed: function_failed)",
    ]);
  });

  test("end when its reader has enough", async () => {
    const reader = (await streamOf("forever"))[Symbol.asyncIterator]();
    expect(await reader.next()).toEqual({ done: false, value: "again" });
    await reader.return?.();
    await recorded.untilEnded(2);
    expect(recorded.tree()).toEqual([
      "CLIENT shop/forever (ended: cancelled)",
      "  SERVER shop/forever (ended: cancelled)",
    ]);
  });
});
