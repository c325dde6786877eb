import { Hono } from "hono";
import type { MeshLink } from "./mesh-link.ts";

/**
 * Health, in the words Kubernetes uses: `/livez` says the process runs, `/readyz` that it can forward calls; `/healthz` is
 * the older name of `/readyz`.
 */
export function healthRoutes(link: Pick<MeshLink, "status">): Hono {
  const app = new Hono();
  const ready = async (): Promise<Response> => {
    const broker = await link.status();
    const isReady = broker === "connected";
    return Response.json({ status: isReady ? "ok" : "unavailable", broker }, { status: isReady ? 200 : 503 });
  };
  app.get("/livez", (c) => c.json({ status: "ok" }));
  app.get("/readyz", ready);
  app.get("/healthz", ready);
  return app;
}
