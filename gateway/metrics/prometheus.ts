import { Counter, Gauge, type Histogram, Registry } from "prom-client";
import type { Broker } from "../../mesh/broker.ts";
import type { FunctionAddress } from "../../mesh/names.ts";
import type { GatewayMetrics } from "../metrics.ts";
import { DurationTally, type HistogramValue } from "./duration-tally.ts";

/** Workers that are connected to the gateway itself. */
export interface ConnectedWorkers {
  readonly size: number;
  /** Their services, each worker's counted. */
  readonly registrations: number;
}

const DURATION = "http_server_request_duration_seconds";

/**
 * The gateway's metrics in Prometheus's format. Counting is ours, because prom-client hashes the labels on each
 * observation, which was a twelfth of a call's work; the metrics meet it when they are asked for.
 */
export function prometheusMetrics(broker: Broker, workers?: ConnectedWorkers): GatewayMetrics {
  const registry = new Registry();
  const durations = new Map<string, Map<number, DurationTally>>();
  const calls = new Map<string, { readonly labels: FunctionAddress & { readonly code: string }; count: number }>();

  // What the registry asks of a metric is its name and `get()`; its type asks for a whole Histogram.
  registry.registerMetric({
    name: DURATION,
    get: () =>
      Promise.resolve({
        name: DURATION,
        help: "Duration of HTTP requests",
        type: "histogram",
        values: [...durations].flatMap(([route, byStatus]) => durationValues(route, byStatus)),
      }),
  } as unknown as Histogram);
  new Counter({
    name: "fmesh_calls_total",
    help: "Calls let through to functions, by outcome",
    labelNames: ["project", "service", "function", "code"],
    registers: [registry],
    collect() {
      this.reset();
      for (const { labels, count } of calls.values()) this.inc({ ...labels }, count);
    },
  });
  new Gauge({
    name: "fmesh_broker_connected",
    help: "1 while the broker can be reached",
    registers: [registry],
    collect() {
      this.set(broker.status === "connected" ? 1 : 0);
    },
  });
  if (workers !== undefined) registerWorkers(registry, workers);

  return {
    observe: ({ route, status, seconds, address, code }) => {
      tallyOf(durations, route, status).add(seconds);
      if (address === undefined) return;
      // Names hold no dot.
      const key = `${address.project}.${address.service}.${address.function}.${code}`;
      const known = calls.get(key);
      if (known === undefined) calls.set(key, { labels: { ...address, code }, count: 1 });
      else known.count++;
    },
    render: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

function registerWorkers(registry: Registry, workers: ConnectedWorkers): void {
  const register = (name: string, help: string, value: () => number): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(value());
      },
    });
  };
  register("fmesh_connected_workers", "Workers connected to this gateway", () => workers.size);
  register("fmesh_connected_worker_services", "Services of those, each worker's counted", () => workers.registrations);
}

function tallyOf(durations: Map<string, Map<number, DurationTally>>, route: string, status: number): DurationTally {
  const known = durations.get(route)?.get(status);
  if (known !== undefined) return known;
  const tally = new DurationTally();
  durations.set(route, new Map([...(durations.get(route) ?? []), [status, tally]]));
  return tally;
}

function durationValues(route: string, byStatus: ReadonlyMap<number, DurationTally>): HistogramValue[] {
  return [...byStatus].flatMap(([status, tally]) =>
    tally.values(DURATION, { http_route: route, http_response_status_code: status }),
  );
}
