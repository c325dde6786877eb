import { Hono } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import type { MeshView } from "../../mesh/mesh-view.ts";
import { LiveEvents } from "./live-events.ts";
import type { MeshWatch } from "./watch.ts";

/** Longest silence: well below what proxies put up with. */
const KEEP_ALIVE_MS = 15_000;

/** Who may look, and at what. */
export interface Viewer {
  /** Ids of the projects whose services they see; without it, all. */
  readonly projects?: readonly string[] | undefined;
}

/** What looking at a mesh over HTTP needs. */
export interface MeshViewParts {
  readonly watch: MeshWatch;
  /** @throws MeshError `unauthenticated` or `forbidden`. */
  readonly admit: (request: Request) => Promise<Viewer>;
  /** Lets the connection of a request be silent for as long as it likes. */
  readonly keepOpen?: ((request: Request) => void) | undefined;
}

/** `GET /v1/admin/mesh`: the mesh as it is now, or as it changes for those who accept server-sent events. */
export function meshViewRoutes({ watch, admit, keepOpen }: MeshViewParts): Hono {
  const app = new Hono();
  app.get("/v1/admin/mesh", async (c) => {
    const { projects } = await admit(c.req.raw);
    const isSeen = (project: string | null): boolean =>
      projects === undefined || (project !== null && projects.includes(project));
    const seen = (view: MeshView): MeshView => ({
      ...view,
      services: view.services.filter(({ project }) => isSeen(project)),
    });
    c.header("Cache-Control", "no-store");
    if (!(c.req.header("Accept") ?? "").includes("text/event-stream")) return c.json(seen(await watch.view()));

    keepOpen?.(c.req.raw);
    c.header("X-Accel-Buffering", "no");
    return streamSSE(c, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => gone.abort());
      const stopTicking = keepAlive(stream);
      const events = new LiveEvents();
      let hasHistory = false;
      try {
        for await (const view of watch.views(gone.signal)) {
          const { event, data } = events.next(seen(view));
          await stream.writeSSE({ event, data: JSON.stringify(data) });
          if (!hasHistory) await stream.writeSSE({ event: "history", data: JSON.stringify(watch.history(isSeen)) });
          hasHistory = true;
        }
      } finally {
        stopTicking();
      }
    });
  });
  return app;
}

/** Says now and then that the connection is not dead. */
function keepAlive(stream: SSEStreamingApi): () => void {
  const timer = setInterval(() => void stream.write(": keep-alive\n\n"), KEEP_ALIVE_MS);
  return () => clearInterval(timer);
}
