import { expect, test } from "vitest";
import { StartSlots } from "../../../builder/deployer/local/start-slots.ts";

test("only so many start at a time, in the order in which they came", async () => {
  const slots = new StartSlots(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const all = [1, 2, 3, 4].map(async (number) => {
    const end = await slots.take();
    begun.push(number);
    ends.push(end);
  });
  await Promise.all(all.slice(0, 2));
  expect(begun).toEqual([1, 2]);
  ends[1]?.();
  // Once more changes nothing: it was one start.
  ends[1]?.();
  await all[2];
  expect(begun).toEqual([1, 2, 3]);
  ends[0]?.();
  await all[3];
  expect(begun).toEqual([1, 2, 3, 4]);
});

test("who hangs does not keep others from starting for ever", async () => {
  const slots = new StartSlots(1);
  await slots.take();
  expect(await slots.take()).toBeTypeOf("function");
});
