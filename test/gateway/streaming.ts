import { fn } from "../../worker-service/function.ts";
import type { Context } from "../../worker-service/context.ts";
import { PublicError } from "../../worker-service/public-error.ts";
import { type ServiceDefinition, defineService } from "../../worker-service/service.ts";

/** What the functions of {@link streaming} tell the test, and what the test tells them. */
export interface Watched {
  /** Resolves when a handler that goes on has begun. */
  begun: PromiseWithResolvers<void>;
  /** Resolves when it has put away what it used. */
  finished: PromiseWithResolvers<void>;
  /** Resolves with the reason of its signal. */
  aborted: PromiseWithResolvers<unknown>;
  /** Resolves with what its stream rejected with. */
  broken: PromiseWithResolvers<unknown>;
  producedBytes: number;
}

export function newWatched(): Watched {
  return {
    begun: Promise.withResolvers(),
    finished: Promise.withResolvers(),
    aborted: Promise.withResolvers(),
    broken: Promise.withResolvers(),
    producedBytes: 0,
  };
}

/** A service of functions that stream. */
export function streaming(watched: () => Watched): ServiceDefinition {
  const follow = ({ signal }: Context): Watched => {
    const now = watched();
    signal.addEventListener("abort", () => now.aborted.resolve(signal.reason));
    return now;
  };
  return defineService("streaming", {
    items: async function* () {
      yield { n: 1 };
      yield "two";
      yield null;
    },
    empty: async function* () {},
    bytes: async function* () {
      yield Uint8Array.of(0, 255);
      yield Uint8Array.of(10);
    },
    large: () => new Uint8Array(3_000_000).fill(7),
    fails: async function* () {
      yield 1;
      yield 2;
      throw new PublicError("no more today", { status: 409, reason: "closed" });
    },
    breaks: async function* () {
      yield 1;
      throw new Error("password=hunter2");
    },
    failsFirst: async function* ({ at }: { at?: number }) {
      if (at === undefined) throw new PublicError("not even one", { status: 409, reason: "closed" });
      yield at;
    },
    breaksBytes: async function* () {
      yield new Uint8Array(10).fill(120);
      throw new Error("password=hunter2");
    },
    ticks: async function* (_params: unknown, context: Context) {
      const now = follow(context);
      try {
        for (let n = 0; ; n++) {
          yield n;
          now.begun.resolve();
          await Bun.sleep(1);
        }
      } finally {
        now.finished.resolve();
      }
    },
    idle: async function* (_params: unknown, context: Context) {
      const now = follow(context);
      yield "first";
      now.begun.resolve();
      await now.aborted.promise;
    },
    never: async (_params: unknown, context: Context) => {
      const now = follow(context);
      now.begun.resolve();
      return await now.aborted.promise;
    },
    nested: (_params: unknown, context: Context) => context.call("streaming", "never"),
    nestedTicks: (_params: unknown, context: Context) => context.call("streaming", "ticks"),
    flood: async function* ({ bytes }: { bytes: number }) {
      const now = watched();
      while (now.producedBytes < bytes) {
        now.producedBytes += 65_536;
        yield new Uint8Array(65_536);
      }
    },
    size: fn({ receives: "bytes" }, async (bytes) => {
      let size = 0;
      for await (const chunk of bytes) size += chunk.length;
      return size;
    }),
    length: (params: Uint8Array) => params.length,
    upload: fn({ receives: "bytes" }, async (bytes, context) => {
      const now = follow(context);
      try {
        for await (const chunk of bytes) if (chunk.length > 0) now.begun.resolve();
      } catch (error) {
        now.broken.resolve(error);
        // A handler that has more to do than to read learns it from its signal.
        await now.aborted.promise;
        throw error;
      }
    }),
  });
}
