import { type Context, Hono } from "hono";
import { MeshError } from "../mesh/errors.ts";
import type { GatewayParts } from "./app.ts";
import { callHandler, notAllowed } from "./call-path.ts";
import { CALL_PATHS } from "./call-routes.ts";
import { errorResponse, unexpected } from "./error-response.ts";
import { healthRoutes } from "./health.ts";
import { nativePath } from "./native-path.ts";
import { spaceCloudPath } from "./space-cloud/call.ts";
import { eventingRoutes } from "./space-cloud/eventing.ts";
import { oldPaths } from "./space-cloud/old-paths.ts";

/** A path that nobody has is shown no longer than this. */
const SHOWN = 80;

/** All that the gateway answers besides {@link CALL_PATHS}, in an app of its own, whose patterns may overlap. */
export function otherRoutes(parts: GatewayParts): Hono {
  const { link, metrics, log, routes = [] } = parts;
  const app = new Hono();
  app.route("/", healthRoutes(link));
  app.get("/metrics", async (c) => {
    const { contentType, text } = await metrics.render();
    return c.body(text, 200, { "Content-Type": contentType });
  });
  for (const more of routes) app.route("/", more);
  for (const path of oldPaths) app.on([...path.methods], path.route, callHandler(path, parts));
  for (const path of [...CALL_PATHS, ...oldPaths]) {
    if (!path.methods.includes("ALL")) app.all(path.route, notAllowed(path));
  }
  app.route("/", eventingRoutes());
  app.notFound(noSuchPath);
  app.onError(unexpected(log));
  return app;
}

function noSuchPath(c: Context): Response {
  const { path } = c.req;
  const shown = path.length > SHOWN ? `${path.slice(0, SHOWN)}…` : path;
  return errorResponse(
    c,
    new MeshError(
      "function_not_found",
      `there is no path ${shown}; functions are called at POST ${nativePath.route} or, by clients of Space Cloud, ${spaceCloudPath.route}`,
    ),
  );
}
