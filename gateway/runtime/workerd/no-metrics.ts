import type { GatewayMetrics } from "../../metrics.ts";

/** A Worker runs in as many places as the platform likes, each for a while: what one has counted says nothing. */
export const noMetrics: GatewayMetrics = {
  observe: () => undefined,
  render: () => Promise.resolve({ contentType: "text/plain; version=0.0.4; charset=utf-8", text: "" }),
};
