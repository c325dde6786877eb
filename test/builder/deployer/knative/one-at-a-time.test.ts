import { expect, test } from "vitest";
import { OneAtATime } from "../../../../builder/deployer/knative/one-at-a-time.ts";

const never = new AbortController().signal;

test("what concerns the same thing is done in its order, and other things meanwhile", async () => {
  const turns = new OneAtATime();
  const done: string[] = [];
  const first = Promise.withResolvers<void>();
  const [a, b] = [
    turns.run("x", never, async () => {
      await first.promise;
      done.push("a");
    }),
    turns.run("x", never, async () => void done.push("b")),
  ];
  await turns.run("y", never, async () => void done.push("other"));
  first.resolve();
  await Promise.all([a, b]);
  expect(done).toEqual(["other", "a", "b"]);
});

test("a failure does not keep the next from its turn", async () => {
  const turns = new OneAtATime();
  const failed = turns.run("x", never, async () => Promise.reject(new Error("no")));
  const next = turns.run("x", never, async () => "yes");
  await expect(failed).rejects.toThrow("no");
  expect(await next).toBe("yes");
});

test("whoever gives up waiting lets nobody pass the one before", async () => {
  const turns = new OneAtATime();
  const done: string[] = [];
  const first = Promise.withResolvers<void>();
  const a = turns.run("x", never, async () => {
    await first.promise;
    done.push("a");
  });
  const stop = new AbortController();
  const b = turns.run("x", stop.signal, async () => void done.push("b"));
  const c = turns.run("x", never, async () => void done.push("c"));
  stop.abort(new Error("enough"));
  await expect(b).rejects.toThrow("enough");
  expect(done).toEqual([]);
  first.resolve();
  await Promise.all([a, c]);
  expect(done).toEqual(["a", "c"]);
});
