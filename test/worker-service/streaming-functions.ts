import * as v from "valibot";
import type { Context } from "../../worker-service/context.ts";
import { fn } from "../../worker-service/function.ts";
import { PublicError } from "../../worker-service/public-error.ts";
import type { Functions } from "../../worker-service/service.ts";

/** What a stream that goes on tells the test about its end. */
export interface Ending {
  readonly finished: PromiseWithResolvers<void>;
  readonly aborted: PromiseWithResolvers<unknown>;
}

export function newEnding(): Ending {
  return { finished: Promise.withResolvers(), aborted: Promise.withResolvers() };
}

/** The functions of a service `streams`: all the ways to stream, to receive and to end. */
export function streamingFunctions(ending: () => Ending): Functions {
  return {
    count: async function* ({ to }: { to: number }) {
      for (let number = 1; number <= to; number++) yield { number };
    },
    stream: () =>
      new ReadableStream({
        start(controller) {
          for (const item of ["a", undefined, null]) controller.enqueue(item);
          controller.close();
        },
      }),
    bytes: async function* () {
      yield new Uint8Array(100_000).fill(1);
      yield new Uint8Array(0);
      yield Uint8Array.of(2);
    },
    empty: async function* () {},
    large: () => "x".repeat(3_000_000),
    length: (params: unknown) => (params as string).length,
    // oxlint-disable-next-line require-yield -- it fails before
    failsFirst: async function* () {
      throw new PublicError("no items today", { status: 409, reason: "closed" });
    },
    failsLater: async function* () {
      yield 1;
      throw new PublicError("no more items today", { status: 409, reason: "closed", data: { until: "May" } });
    },
    breaks: async function* () {
      yield 1;
      throw new Error("password=hunter2");
    },
    mixed: async function* () {
      try {
        yield 1;
        yield Uint8Array.of(1);
      } finally {
        ending().finished.resolve();
      }
    },
    endless: async function* (_params: unknown, { signal }: Context) {
      const { aborted, finished } = ending();
      signal.addEventListener("abort", () => aborted.resolve(signal.reason));
      try {
        for (let number = 0; ; number++) {
          yield number;
          await Bun.sleep(0);
        }
      } finally {
        finished.resolve();
      }
    },
    waits: async function* (_params: unknown, { signal }: Context) {
      const { aborted } = ending();
      yield "first";
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      aborted.resolve(signal.reason);
    },
    waitingStream: () => {
      const { finished } = ending();
      return new ReadableStream({ start: (controller) => controller.enqueue(1), cancel: () => finished.resolve() });
    },
    passOn: (_params: unknown, context: Context) => context.call("streams", "endless"),
    passOnTwice: (_params: unknown, context: Context) => context.call("streams", "passOn"),
    forgets: async (_params: unknown, context: Context) => {
      await context.call("streams", "endless");
      return "done";
    },
    checked: fn({ output: v.object({ number: v.number() }) }, async function* () {
      try {
        yield { number: 1, secret: "hidden by the schema" };
        yield { number: "two" as unknown as number };
      } finally {
        ending().finished.resolve();
      }
    }),
    checkedFirst: fn({ output: v.number() }, async function* () {
      try {
        yield "one" as unknown as number;
      } finally {
        ending().finished.resolve();
      }
    }),
    total: fn({ receives: "items", input: v.object({ n: v.number() }) }, async (items) => {
      let total = 0;
      for await (const { n } of items) total += n;
      return total;
    }),
    doubled: fn({ receives: "items", input: v.number() }, async function* (items) {
      for await (const n of items) yield n * 2;
    }),
    size: fn({ receives: "bytes" }, async (bytes) => {
      let size = 0;
      for await (const chunk of bytes) size += chunk.length;
      return size;
    }),
    ignores: fn({ receives: "bytes" }, () => "not interested"),
    outlives: async function* (_params: unknown, context: Context) {
      const { deadlineMs } = context;
      yield Number.isFinite(deadlineMs);
      // Well beyond the deadline the call came with.
      await Bun.sleep(deadlineMs - Date.now() + 100);
      yield context.deadlineMs;
      yield await context.call("streams", "length", "abc");
      yield context.signal.aborted;
    },
    slowToBegin: async function* (_params: unknown, { signal }: Context) {
      const { aborted } = ending();
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      aborted.resolve(signal.reason);
      yield 1;
    },
  };
}
