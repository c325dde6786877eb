import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Broker } from "../../mesh/broker.ts";
import type { GatewayMetrics, RequestMeasurement } from "../metrics.ts";

/** Bounds in seconds, by the OpenTelemetry convention for `http.server.request.duration`, with two below for a local mesh. */
const SECONDS = [0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** The gateway's metrics in Prometheus's format. */
export function prometheusMetrics(broker: Broker): GatewayMetrics {
  const registry = new Registry();
  const requests = new Histogram({
    name: "http_server_request_duration_seconds",
    help: "Duration of HTTP requests",
    labelNames: ["http_route", "http_response_status_code"],
    buckets: SECONDS,
    registers: [registry],
  });
  const calls = new Counter({
    name: "fmesh_calls_total",
    help: "Calls let through to functions, by outcome",
    labelNames: ["project", "service", "function", "code"],
    registers: [registry],
  });
  new Gauge({
    name: "fmesh_broker_connected",
    help: "1 while the broker can be reached",
    registers: [registry],
    collect() {
      this.set(broker.status === "connected" ? 1 : 0);
    },
  });
  return {
    observe: ({ route, status, seconds, address, code }: RequestMeasurement) => {
      requests.observe({ http_route: route, http_response_status_code: status }, seconds);
      if (address !== undefined) calls.inc({ ...address, code });
    },
    render: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}
