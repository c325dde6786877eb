import { Hono } from "hono";
import type { Broker } from "../mesh/broker.ts";

/**
 * Health, in the words Kubernetes uses: `/livez` says the process runs, `/readyz` that it can forward calls; `/healthz` is
 * the older name of `/readyz`.
 */
export function healthRoutes(broker: Broker): Hono {
  const app = new Hono();
  const ready = (): Response => {
    const isReady = broker.status === "connected";
    return Response.json(
      { status: isReady ? "ok" : "unavailable", broker: broker.status },
      { status: isReady ? 200 : 503 },
    );
  };
  app.get("/livez", (c) => c.json({ status: "ok" }));
  app.get("/readyz", ready);
  app.get("/healthz", ready);
  return app;
}
