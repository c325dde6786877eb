import { expect, test } from "vitest";
import { RecentCallsWindow } from "../../mesh/recent-calls.ts";

function windowAt(start: number): { window: RecentCallsWindow; pass: (seconds: number) => void } {
  let now = start;
  return {
    window: new RecentCallsWindow(() => now),
    pass: (seconds) => {
      now += seconds * 1000;
    },
  };
}

test("nothing was called yet", () => {
  const { window } = windowAt(1000);
  expect(window.summary()).toEqual({
    window_seconds: 0,
    requests: 0,
    errors: 0,
    p50_ms: null,
    p99_ms: null,
    latency_ms: [],
  });
});

test("calls and errors are counted for half a minute at least and forgotten after a minute", () => {
  const { window, pass } = windowAt(0);
  pass(10);
  window.record(1, false);
  window.record(2, true);
  expect(window.summary()).toMatchObject({ window_seconds: 10, requests: 2, errors: 1 });
  pass(29);
  window.record(4, false);
  expect(window.summary()).toMatchObject({ window_seconds: 39, requests: 3, errors: 1 });
  pass(30);
  window.record(8, true);
  expect(window.summary()).toMatchObject({ window_seconds: 30, requests: 2, errors: 1 });
});

test("after a long silence nothing is left of what was before", () => {
  const { window, pass } = windowAt(0);
  window.record(5, true);
  pass(3600);
  expect(window.summary()).toMatchObject({ window_seconds: 30, requests: 0, errors: 0, p99_ms: null });
  window.record(7, false);
  expect(window.summary()).toMatchObject({ requests: 1, errors: 0 });
});
