import { expect, test } from "vitest";
import { EVENTS, FUNCTIONS, useApi } from "./use-api.ts";

const METRICS = `${FUNCTIONS}/metrics`;

test("metrics tell what is recorded, and what every sink has still to be told", async () => {
  const api = await useApi();
  const { sinks } = api.store.journal;
  await sinks.keep(["nats", "rabbitmq"]);
  for (let count = 0; count < 5; count++) await api.send("POST", EVENTS, { type: "OTHER", source: "web-shop" });
  await api.store.journal.project();
  await sinks.hold("nats", "this one", 60_000);
  await sinks.advance("nats", "this one", 4);
  const response = await api.send("GET", METRICS);
  expect(response.headers.get("Content-Type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const samples = (await response.text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  expect(samples.filter((line) => !line.includes("oldest"))).toEqual([
    "fmesh_events_recorded_total 5",
    "fmesh_event_journal_changes 5",
    'fmesh_event_sink_confirmed_total{sink="nats"} 4',
    'fmesh_event_sink_confirmed_total{sink="rabbitmq"} 0',
    'fmesh_event_sink_backlog{sink="nats"} 1',
    'fmesh_event_sink_backlog{sink="rabbitmq"} 5',
  ]);
  expect(samples.filter((line) => /^fmesh_event_sink_oldest_seconds\{sink="\w+"\} [\d.e-]+$/.test(line))).toHaveLength(
    2,
  );
});

test("every metric says what it is", async () => {
  const api = await useApi();
  const text = await (await api.send("GET", METRICS)).text();
  const named = (what: string): string[] =>
    [...text.matchAll(new RegExp(`^# ${what} (\\w+) (.*)$`, "gm"))].map(
      ([, name = "", rest = ""]) => `${name} ${rest}`,
    );
  expect(named("TYPE")).toEqual([
    "fmesh_events_recorded_total counter",
    "fmesh_event_journal_changes gauge",
    "fmesh_event_sink_confirmed_total counter",
    "fmesh_event_sink_backlog gauge",
    "fmesh_event_sink_oldest_seconds gauge",
  ]);
  expect(named("HELP")).toHaveLength(5);
});

test("a database that is away is no reason to show figures", async () => {
  const api = await useApi();
  await api.store.close();
  expect((await api.send("GET", METRICS)).status).toBeGreaterThanOrEqual(500);
});
