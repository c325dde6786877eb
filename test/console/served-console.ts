import { Hono } from "hono";
import { consoleRoutes } from "../../gateway/console/routes.ts";
import { ConsoleFolder } from "../../gateway/runtime/console-folder.ts";

/** A console that is served. */
export interface ServedConsole {
  /** Without a slash at its end. */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

const PROBLEM = { "Content-Type": "application/problem+json" };

/**
 * Serves a build of the console as the gateway does, before an API that knows no more than who signs in, which projects
 * there are, and that nobody serves anything: for what needs no mesh to be looked at.
 */
export function serveConsole(folder: string): ServedConsole {
  const app = new Hono();
  const session = {
    token: "t0k3n",
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    user: "ada",
    role: "admin",
  };
  app.post("/v1/admin/session", (c) => c.json(session));
  app.post("/v1/admin/login", (c) => {
    const detail = 'user "ada" or the password is wrong';
    return c.json({ title: "Who are you?", status: 401, code: "unauthenticated", detail }, 401, PROBLEM);
  });
  const projects = ["shop", "warehouse"].map((id) => ({
    id,
    hasKey: true,
    registration: "open",
    services: { arithmetic: { functions: {} } },
    advice: [],
  }));
  app.get("/v1/admin/projects", (c) => c.json({ projects, canSave: true }));
  const mesh = { time: session.expiresAt, services: [] };
  app.get("/v1/admin/mesh", (c) => c.json(mesh));
  app.route("/", consoleRoutes(new ConsoleFolder(folder)));
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: app.fetch });
  return { url: server.url.origin, stop: () => server.stop(true) };
}
