import { Counter, Gauge, Registry } from "prom-client";
import type { Journal, SinkPositions } from "../store.ts";

/** Metrics as text, in the format that the media type names. */
export interface RenderedMetrics {
  readonly contentType: string;
  readonly text: string;
}

/** What figures are taken from. */
export interface JournalFigures extends Pick<Journal, "bounds"> {
  readonly sinks: Pick<SinkPositions, "status">;
}

/** What the journal tells of itself and its sinks, in Prometheus's format: the same from every process that shares it. */
export async function journalMetrics(journal: JournalFigures): Promise<RenderedMetrics> {
  const [{ start, end }, sinks] = await Promise.all([journal.bounds(), journal.sinks.status()]);
  const registry = new Registry();
  const registers = [registry];
  const labelNames = ["sink"] as const;

  new Counter({
    name: "fmesh_events_recorded_total",
    help: "Changes of events (begun, ended) that were recorded, of all projects",
    registers,
  }).inc(end);
  new Gauge({
    name: "fmesh_event_journal_changes",
    help: "Changes that the journal holds, to be read again",
    registers,
  }).set(end - start);
  const confirmed = new Counter({
    name: "fmesh_event_sink_confirmed_total",
    help: "Changes up to which everything was delivered, by sink",
    labelNames,
    registers,
  });
  const backlog = new Gauge({
    name: "fmesh_event_sink_backlog",
    help: "Changes that wait to be delivered, by sink",
    labelNames,
    registers,
  });
  const oldest = new Gauge({
    name: "fmesh_event_sink_oldest_seconds",
    help: "For how long the oldest change has waited to be delivered, by sink",
    labelNames,
    registers,
  });
  for (const { name: sink, position, backlog: waiting, oldestMs } of sinks) {
    confirmed.inc({ sink }, position);
    backlog.set({ sink }, waiting);
    oldest.set({ sink }, oldestMs / 1000);
  }
  return { contentType: registry.contentType, text: await registry.metrics() };
}
