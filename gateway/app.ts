import { type Context, Hono } from "hono";
import { MeshError } from "../mesh/errors.ts";
import { apiPath } from "./api-path.ts";
import { type CallParts, callHandler, notAllowed } from "./call-path.ts";
import { corsByPolicy } from "./cors.ts";
import { healthRoutes } from "./health.ts";
import { httpPath } from "./http-path.ts";
import { nativePath } from "./native-path.ts";
import { problemResponse } from "./problem.ts";
import { requestFacts } from "./request-facts.ts";
import { spaceCloudError, spaceCloudPath } from "./space-cloud/call.ts";

/**
 * The gateway: HTTP in, rules, call out. What a platform provides comes in from outside, so that the same app runs on
 * Bun, on Deno and on Cloudflare Workers.
 */
export function createGateway(parts: GatewayParts): Gateway {
  const app = addRoutes(new Hono(), parts);
  const forBrowsers = addRoutes(new Hono().use(corsByPolicy(parts.policy)), parts);
  return {
    routes: app.routes,
    // Only browsers name an origin: no other caller has to pass a middleware.
    fetch: (request) => (request.headers.has("Origin") ? forBrowsers : app).fetch(request),
  };
}

/** What a gateway consists of. */
export interface GatewayParts extends CallParts {
  /** What it answers besides calls. */
  readonly routes?: readonly Hono[];
}

/** Answers HTTP requests. */
export interface Gateway {
  readonly routes: Hono["routes"];
  fetch(request: Request): Response | Promise<Response>;
}

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

function addRoutes(app: Hono, parts: GatewayParts): Hono {
  const { link, metrics, log, routes = [] } = parts;
  app.route("/", healthRoutes(link));
  app.get("/metrics", async (c) => {
    const { contentType, text } = await metrics.render();
    return c.body(text, 200, { "Content-Type": contentType });
  });
  for (const path of [nativePath, spaceCloudPath, httpPath, apiPath]) {
    app.on([...path.methods], path.route, callHandler(path, parts));
    // Named one by one: a second handler for POST would make Hono compose the two on every call.
    const others = path.methods.includes("ALL") ? [] : METHODS.filter((method) => !path.methods.includes(method));
    if (others.length > 0) app.on(others, path.route, notAllowed(path));
  }
  for (const more of routes) app.route("/", more);
  app.notFound(noSuchPath);
  app.onError((error, c) => {
    log.error("a request failed unexpectedly", { error, path: c.req.path });
    return problemResponse(MeshError.from(error), requestFacts(c.req.raw.headers));
  });
  return app;
}

function noSuchPath(c: Context): Response {
  const error = new MeshError(
    "function_not_found",
    `there is no path ${c.req.path}; functions are called at POST ${nativePath.route}`,
  );
  const facts = requestFacts(c.req.raw.headers);
  return c.req.path.startsWith("/v1/api/")
    ? spaceCloudError(error, error.status, facts)
    : problemResponse(error, facts);
}
