import { expect, test } from "vitest";
import { StatsHistory } from "../../gateway/mesh-view/history.ts";
import type { FunctionStats, MeshHistory, MeshStats } from "../../mesh/mesh-view.ts";

const stats = (part: Partial<FunctionStats>): FunctionStats => ({
  name: "place",
  subject: "fn.shop.orders.place",
  instances: 1,
  calls: 0,
  callsPerSecond: 0,
  p50Ms: null,
  p99Ms: null,
  averageMs: null,
  errors: 0,
  errorsPerSecond: 0,
  lastError: null,
  ...part,
});

const reading = (seconds: number, ...functions: readonly FunctionStats[]): MeshStats => ({
  time: new Date(seconds * 1000).toISOString(),
  services: functions.length === 0 ? [] : [{ project: "shop", name: "orders", functions }],
});

const all = (history: StatsHistory): MeshHistory => history.of(() => true);

test("a time in which nobody watched is a gap, not a line", () => {
  const history = new StatsHistory();
  for (const seconds of [1, 2, 60]) history.add(reading(seconds, stats({ callsPerSecond: seconds })));
  expect(all(history)).toMatchObject({
    times: [1000, 2000, 2001, 60_000],
    services: [{ callsPerSecond: [1, 2, null, 60] }],
  });
});

test("what is older than five minutes is forgotten, and services of which nothing is left", () => {
  const history = new StatsHistory();
  history.add(reading(1, stats({ callsPerSecond: 1 })));
  history.add(reading(200));
  expect(all(history).services).toHaveLength(1);
  history.add(reading(400));
  expect(all(history)).toMatchObject({ times: [200_000, 200_001, 400_000], services: [] });
});

test("the function that is called most, of those that tell, speaks for the latency of its service", () => {
  const history = new StatsHistory();
  const busy = stats({ calls: 90, p50Ms: 1, p99Ms: 5 });
  const rare = stats({ name: "export", calls: 2, callsPerSecond: 9, p50Ms: 700, p99Ms: 900 });
  const silent = stats({ name: "old", calls: 500 });
  history.add(reading(1, rare, silent, busy));
  expect(all(history).services[0]).toMatchObject({ p50Ms: [1], p99Ms: [5], callsPerSecond: [9] });
});
