import { journalMetrics } from "../metrics/prometheus.ts";
import { type Operation, operation } from "./operation.ts";

export const METRICS_OPERATIONS: readonly Operation[] = [
  operation(
    {
      id: "getMetrics",
      tag: "metrics",
      method: "get",
      path: "/api/v1/functions/metrics",
      summary: "What is recorded and what waits to be delivered, for Prometheus",
      description: "Of all projects together: they share the store. Every instance says the same.",
      success: { status: 200, description: "The metrics", texts: ["text/plain"] },
      refusals: [503],
    },
    async (_request, { store }) => {
      const { contentType, text } = await journalMetrics(store.journal);
      return new Response(text, { headers: { "Content-Type": contentType } });
    },
  ),
];
