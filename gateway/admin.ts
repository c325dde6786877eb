import { Hono } from "hono";
import type { Log } from "../mesh/log.ts";
import type { AdminAuth } from "./admin/admin-auth.ts";
import { adminProblem } from "./admin/answer.ts";
import { configRoutes } from "./admin/config-routes.ts";
import type { Configuration } from "./admin/configuration.ts";
import { projectRoutes } from "./admin/project-routes.ts";
import { projectTokenRoutes } from "./admin/project-token-routes.ts";
import { sessionRoutes } from "./admin/session-routes.ts";
import { spaceCloudAdmin } from "./admin/space-cloud.ts";

/** What administrators meet. */
export interface AdminParts {
  readonly auth: AdminAuth;
  readonly configuration: Configuration;
  /** Whether tools of 2019 on this machine may see and change projects without a token, as long as there are no administrators. */
  readonly isDevelopment: boolean;
  /** Clock, in milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Log;
}

/** Administration by HTTP: ours at `/v1/admin`, and that of 2019 at `/v1/api/config`. */
export function adminRoutes(parts: AdminParts): Hono {
  const app = new Hono();
  for (const part of [sessionRoutes, configRoutes, projectRoutes, projectTokenRoutes]) {
    app.route("/", part(parts).onError(adminProblem(parts.log)));
  }
  app.route("/", spaceCloudAdmin(parts));
  return app;
}
