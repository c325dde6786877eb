import { Hono } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { MeshError } from "../../mesh/errors.ts";
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
  /** Asked again before each view of a stream. @throws MeshError `unauthenticated` or `forbidden`. */
  readonly admit: (request: Request) => Promise<Viewer>;
  /** Lets the connection of a request be silent for as long as it likes. */
  readonly keepOpen?: ((request: Request) => void) | undefined;
}

/** `GET /v1/admin/mesh`: the mesh as it is now, or as it changes for those who accept server-sent events. */
export function meshViewRoutes({ watch, admit, keepOpen }: MeshViewParts): Hono {
  const app = new Hono();
  app.get("/v1/admin/mesh", async (c) => {
    const request = c.req.raw;
    const viewer = await admit(request);
    c.header("Cache-Control", "no-store");
    const isStream = (c.req.header("Accept") ?? "").includes("text/event-stream");
    if (!isStream) return c.json(seenBy(viewer, await watch.view()));

    keepOpen?.(request);
    c.header("X-Accel-Buffering", "no");
    return streamSSE(c, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => gone.abort());
      const stopTicking = keepAlive(stream);
      const events = new LiveEvents();
      let hasHistory = false;
      try {
        for await (const view of watch.views(gone.signal)) {
          // Views come about once a second. What somebody may see, and whether, can be another thing by each.
          const now = await admittedStill(request, admit);
          if (now === undefined) return;
          const { event, data } = events.next(seenBy(now, view));
          await stream.writeSSE({ event, data: JSON.stringify(data) });
          if (hasHistory) continue;
          const history = watch.history((project) => maySee(now, project));
          await stream.writeSSE({ event: "history", data: JSON.stringify(history) });
          hasHistory = true;
        }
      } finally {
        stopTicking();
      }
    });
  });
  return app;
}

/** Who looks by now; `undefined` when they may not any more. */
async function admittedStill(request: Request, admit: MeshViewParts["admit"]): Promise<Viewer | undefined> {
  try {
    return await admit(request);
  } catch (error) {
    if (error instanceof MeshError && (error.code === "unauthenticated" || error.code === "forbidden"))
      return undefined;
    throw error;
  }
}

function seenBy(viewer: Viewer, view: MeshView): MeshView {
  return { ...view, services: view.services.filter(({ project }) => maySee(viewer, project)) };
}

function maySee({ projects }: Viewer, project: string | null): boolean {
  return projects === undefined || (project !== null && projects.includes(project));
}

/** Says now and then that the connection is not dead. */
function keepAlive(stream: SSEStreamingApi): () => void {
  const timer = setInterval(() => void stream.write(": keep-alive\n\n"), KEEP_ALIVE_MS);
  return () => clearInterval(timer);
}
