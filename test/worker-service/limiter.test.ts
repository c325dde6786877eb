import { expect, test } from "vitest";
import { Limiter } from "../../worker-service/limiter.ts";

/** Tasks that end when told to, and the names of those that have begun. */
function tasks(limiter: Limiter): { begun: string[]; begin: (name: string) => boolean; end: (name: string) => void } {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    begun,
    begin: (name) =>
      limiter.tryRun(() => {
        begun.push(name);
        return new Promise((resolve) => ends.set(name, resolve));
      }),
    end: (name) => ends.get(name)?.(),
  };
}

test("so many run at once, so many wait in order, and the rest is refused", async () => {
  const { begun, begin, end } = tasks(new Limiter({ concurrency: 2, queue: 2 }));
  expect(["a", "b", "c", "d", "e"].map(begin)).toEqual([true, true, true, true, false]);
  expect(begun).toEqual(["a", "b"]);
  end("b");
  await new Promise(setImmediate);
  expect(begun).toEqual(["a", "b", "c"]);
  expect(begin("f")).toBe(true);
  end("a");
  end("c");
  await new Promise(setImmediate);
  expect(begun).toEqual(["a", "b", "c", "d", "f"]);
});

test("without a queue, what cannot run at once is refused", () => {
  const { begin } = tasks(new Limiter({ concurrency: 1, queue: 0 }));
  expect([begin("a"), begin("b")]).toEqual([true, false]);
});

test("idle comes when nothing runs and nothing waits, and at once when nothing ever did", async () => {
  const limiter = new Limiter({ concurrency: 1, queue: 1 });
  await limiter.idle();
  const { begin, begun, end } = tasks(limiter);
  begin("a");
  begin("b");
  let isIdle = false;
  const idle = Promise.all([limiter.idle(), limiter.idle()]).then(() => (isIdle = true));
  end("a");
  await new Promise(setImmediate);
  expect({ begun, isIdle }).toEqual({ begun: ["a", "b"], isIdle: false });
  end("b");
  await idle;
});
