import { Hono } from "hono";
import type { CallParts } from "./call-path.ts";
import { addCalls } from "./call-routes.ts";
import { corsByPolicy } from "./cors.ts";
import { unexpected } from "./error-response.ts";
import { otherRoutes } from "./other-routes.ts";

/**
 * The gateway: HTTP in, rules, call out. What a platform provides comes in from outside, so that the same app runs on
 * Bun, on Deno and on Cloudflare Workers.
 */
export function createGateway(parts: GatewayParts): Gateway {
  const others = otherRoutes(parts);
  const withOthers = (app: Hono): Hono =>
    addCalls(app, parts)
      .notFound((c) => others.fetch(c.req.raw))
      .onError(unexpected(parts.log));
  const app = withOthers(new Hono());
  const forBrowsers = withOthers(new Hono().use(corsByPolicy(parts.policy)));
  return {
    routes: [...app.routes, ...others.routes],
    // Only browsers name an origin: no other caller has to pass a middleware.
    fetch: (request) => (request.headers.has("Origin") ? forBrowsers : app).fetch(request),
  };
}

/** What a gateway consists of. */
export interface GatewayParts extends CallParts {
  /** What it answers besides calls. Patterns may overlap, the first that fits answers, and no call gets slower by them. */
  readonly routes?: readonly Hono[];
}

/** Answers HTTP requests. */
export interface Gateway {
  readonly routes: Hono["routes"];
  fetch(request: Request): Response | Promise<Response>;
}
