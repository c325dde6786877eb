import { expect, test } from "vitest";
import { LogTail } from "../../worker-service/log-tail.ts";

function tailOf(...texts: string[]): LogTail {
  const tail = new LogTail();
  for (const text of texts) tail.add(text, "info");
  return tail;
}

test("it keeps the last thousand lines", () => {
  const tail = tailOf(...Array.from({ length: 5_000 }, (_, index) => `line ${index}`));
  const kept = tail.after(0, Number.POSITIVE_INFINITY);
  expect([kept.length, kept[0]?.text, kept.at(-1)?.number]).toEqual([1_000, "line 4000", 5_000]);
});

test("it keeps half a megabyte, however few lines that is", () => {
  const tail = tailOf(...Array.from({ length: 20 }, (_, index) => String(index).padEnd(100_000)));
  expect(tail.after(0, Number.POSITIVE_INFINITY).map(({ number }) => number)).toEqual([16, 17, 18, 19, 20]);
  tail.add("x".repeat(2_000_000), "info");
  expect([tail.after(0, 1e9), tail.lastNumber]).toEqual([[], 21]);
});

test("lines are handed out in portions, of one line at least", () => {
  const tail = tailOf("a".repeat(10), "b".repeat(10), "c".repeat(100));
  const numbers = (after: number): number[] => tail.after(after, 25).map(({ number }) => number);
  expect([numbers(0), numbers(2), numbers(3)]).toEqual([[1, 2], [3], []]);
});

test("the recent lines are the last ones that match", () => {
  const tail = new LogTail();
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  tail.add("1", "error");
  tail.add(`{"traceId":"${traceId}"}`, "info");
  tail.add("3", "debug");
  tail.add("4", "warn");
  const numbers = (question: Parameters<LogTail["recent"]>[0], most = 1e6): number[] =>
    tail.recent(question, most).map(({ number }) => number);
  expect(numbers({ lines: 3 })).toEqual([2, 3, 4]);
  expect(numbers({ lines: 0 })).toEqual([]);
  expect(numbers({ lines: 10, level: "warn" })).toEqual([1, 4]);
  expect(numbers({ lines: 10, traceId })).toEqual([2]);
  expect(numbers({ lines: 10 }, 3)).toEqual([3, 4]);
});
